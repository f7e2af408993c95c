// The SMTP server of nodemailer: wants TLS and a login by one method, says its port, then each mail as one line of JSON. Its words:
// starttls or implicit, the method, the certificate and its key; the password is in MAIL_PASSWORD. It ends with its standard input.
const fs = require("fs");
const { SMTPServer } = require("smtp-server");

const [tls, method, certificate, key] = process.argv.slice(2);
const password = process.env.MAIL_PASSWORD;

function say(document) {
  process.stdout.write(JSON.stringify(document) + "\n");
}

const server = new SMTPServer({
  secure: tls === "implicit",
  cert: fs.readFileSync(certificate),
  key: fs.readFileSync(key),
  authMethods: [method],
  onAuth(login, session, done) {
    const good = method === "CRAM-MD5" ? login.validatePassword(password) : login.password === password;
    if (login.username !== "deploy" || !good) return done(new Error("who are you"));
    say({ login: login.method, secure: session.secure });
    return done(null, { user: login.username });
  },
  onData(stream, session, done) {
    const pieces = [];
    stream.on("data", (piece) => pieces.push(piece));
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      say({ from: mailFrom.address, to: rcptTo.map((each) => each.address), mail: Buffer.concat(pieces).toString("base64") });
      done();
    });
  },
});
server.on("error", () => {}); // a client that does not trust it
server.listen(0, "127.0.0.1", () => say({ port: server.server.address().port }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
