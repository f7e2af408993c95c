"""Files as people write them, some with a secret or a mistake and some that only look so, and what stands where.

Everything random comes from one seed. Secrets are put together here, so that this file holds none. Run with a folder
it writes the corpus there: `corpus.json` lists for each file the findings that it must give.
"""

import base64
import json
import pathlib
import random
import string
import sys
import zlib

SEED = 20261122
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
WORD = BASE62 + "_-"
HEX = "0123456789abcdef"
B64 = BASE62 + "+/"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class Source:
    """Random texts by alphabet."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def of(self, alphabet, count):
        return "".join(self.random.choice(alphabet) for _ in range(count))

    def one(self, *choices):
        return self.random.choice(choices)


def base62(number):
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = BASE62[digit] + text
    return text.rjust(6, "0")


def with_crc(body):
    return body + base62(zlib.crc32(body.encode()))


def bech32(word, values):
    def step(state, value):
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> i & 1:
                state ^= generator
        return state

    state = 1
    for value in [ord(c) >> 5 for c in word] + [0] + [ord(c) & 31 for c in word] + values + [0] * 6:
        state = step(state, value)
    state ^= 1
    return (word + "1" + "".join(BECH32[v] for v in values + [state >> 5 * (5 - i) & 31 for i in range(6)])).upper()


def age_identity(source):
    return bech32("age-secret-key-", [source.random.randrange(32) for _ in range(51)] + [16])


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(source):
    header = b64url(json.dumps({"alg": source.one("HS256", "RS256"), "typ": "JWT"}).encode())
    claims = b64url(json.dumps({"sub": source.of(string.ascii_lowercase, 8), "iat": 1700000000, "scope": "deploy"}).encode())
    return f"{header}.{claims}.{source.of(WORD, 43)}"


def macaroon(source):
    body = b"\x02\x01\x08pypi.org\x02\x24" + source.random.randbytes(36) + b"\x00\x00\x06\x20" + source.random.randbytes(32)
    return "pypi-" + b64url(body)


def json_token(source, length):
    return base64.b64encode(json.dumps({"o": "12345", "n": source.of(BASE62, length), "k": source.of(BASE62, 24)}).encode()).decode()


TOKENS = {
    "aws-access-key-id": lambda s: s.one("AK" + "IA", "AS" + "IA") + s.of(string.ascii_uppercase + "234567", 16),
    "gcp-api-key": lambda s: "AI" + "za" + s.of(WORD, 35),
    "azure-client-secret": lambda s: s.of(BASE62, 3) + "8Q" + "~" + s.of(BASE62 + "_-.", 33) + "x",
    "digitalocean-token": lambda s: "dop_" + "v1_" + s.of(HEX, 64),
    "heroku-token": lambda s: "HRKU" + "-AA" + s.of(WORD, 57) + "x",
    "cloudflare-origin-ca": lambda s: "v1." + "0-" + s.of(HEX, 24) + "-" + s.of(HEX, 146),
    "fly-token": lambda s: "fo1" + "_" + s.of(BASE62, 43),
    "databricks-token": lambda s: "da" + "pi" + s.of(HEX, 32),
    "github-token": lambda s: s.one("gh" + "p_", "gh" + "s_", "gh" + "o_") + with_crc(s.of(BASE62, 30)),
    "github-fine-grained": lambda s: "github_" + "pat_" + s.of(BASE62, 22) + "_" + s.of(BASE62, 59),
    "gitlab-token": lambda s: "gl" + "pat-" + s.of(BASE62, 20),
    "npm-token": lambda s: "npm" + "_" + with_crc(s.of(BASE62, 30)),
    "pypi-token": macaroon,
    "rubygems-token": lambda s: "ruby" + "gems_" + s.of(HEX, 48),
    "docker-hub-token": lambda s: "dckr_" + "pat_" + s.of(BASE62, 27),
    "artifactory-key": lambda s: "AK" + "Cp" + s.of(BASE62, 69),
    "vault-token": lambda s: "hv" + "s." + s.of(BASE62, 95),
    "vault-legacy-token": lambda s: "s" + "." + s.of(BASE62, 23) + "7",
    "terraform-cloud-token": lambda s: s.of(BASE62, 14) + ".atlas" + "v1." + s.of(BASE62, 67),
    "pulumi-token": lambda s: "pul" + "-" + s.of(HEX, 40),
    "doppler-token": lambda s: "dp." + "st.prd." + s.of(BASE62, 43),
    "onepassword-secret-key": lambda s: "A" + "3-" + "-".join(s.of(string.ascii_uppercase + string.digits, n) for n in (6, 6, 5, 5, 5)),
    "age-identity": age_identity,
    "slack-token": lambda s: "xo" + "xb-" + s.of(string.digits, 12) + "-" + s.of(string.digits, 12) + "-" + s.of(BASE62, 24),
    "slack-webhook": lambda s: "https://hooks." + "slack.com/services/T" + s.of(BASE62, 9).upper() + "/B" + s.of(BASE62, 9).upper() + "/" + s.of(BASE62, 24),
    "stripe-key": lambda s: s.one("sk_" + "live_", "rk_" + "live_") + s.of(BASE62, 32),
    "sendgrid-key": lambda s: "S" + "G." + s.of(BASE62, 22) + "." + s.of(BASE62, 43),
    "dynatrace-token": lambda s: "dt0" + "c01." + s.of(string.ascii_uppercase + "234567", 24) + "." + s.of(string.ascii_uppercase + "234567", 64),
    "grafana-service-account": lambda s: "gl" + "sa_" + s.of(BASE62, 32) + "_" + s.of(HEX, 8),
    "grafana-cloud-token": lambda s: "gl" + "c_" + json_token(s, 30),
    "sentry-token": lambda s: "sntr" + "yu_" + s.of(HEX, 64),
    "openai-key": lambda s: "sk-" + "proj-" + s.of(BASE62, 58) + "T3Blbk" + "FJ" + s.of(BASE62, 58),
    "anthropic-key": lambda s: "sk-" + "ant-api03-" + s.of(BASE62, 93) + "AA",
    "huggingface-token": lambda s: "hf" + "_" + s.of(string.ascii_letters, 34),
    "linear-key": lambda s: "lin_" + "api_" + s.of(BASE62, 40),
    "postman-key": lambda s: "PM" + "AK-" + s.of(HEX, 24) + "-" + s.of(HEX, 34),
    "square-token": lambda s: "sq0" + "atp-" + s.of(BASE62, 22),
    "shopify-token": lambda s: "shp" + "at_" + s.of(HEX, 32),
    "jwt": jwt,
}

# Where the table holds more than a form, what looks the same and is not it.
def spoiled(kind, token, source):
    """Near misses: (text, why it is none)."""
    yield token[: min(len(token) // 2, 16)], "cut off"
    head = token[:8]
    yield head + "x" * (len(token) - 8), "a placeholder"
    if kind in ("github-token", "npm-token", "age-identity"):
        last = token[-1]
        yield token[:-1] + ("Q" if last != "Q" else "P"), "another checksum"
    if kind == "jwt":
        yield token.replace(token.split(".")[1], "eyJ" + source.of(BASE62, 30)), "claims that are no JSON"


# (name of the file, text; @ is the place)
PLACES = (
    ("deploy/{0}/.env", "# settings of the service\nLOG_LEVEL=info\nWORKERS=4\nSERVICE_VALUE=@\nTIMEOUT=30s\nREGION=eu-central-1\n"),
    ("{0}/compose.yaml", "services:\n  api:\n    image: registry.example.com/kodex/api:1.4.2\n    environment:\n      LOG_LEVEL: info\n      SERVICE_VALUE: \"@\"\n    ports: [\"8000:8000\"]\n"),
    ("{0}/.github/workflows/release.yml", "name: release\non: { push: { tags: [\"v*\"] } }\njobs:\n  publish:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./publish --channel stable\n        env:\n          SERVICE_VALUE: @\n"),
    ("{0}/scripts/release.sh", "#!/bin/sh\nset -eu\ncd \"$(dirname \"$0\")\"\nversion=$(git describe --tags)\ncurl -fsS -H \"Authorization: Bearer @\" \"https://api.example.com/v1/releases/$version\"\necho \"released $version\"\n"),
    ("{0}/Dockerfile", "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY src/ src/\nRUN curl -fsS -H 'X-Auth: @' https://api.example.com/hook\nUSER app\nCMD [\"python\", \"-m\", \"app\"]\n"),
)

# Names and values that are no secrets, in lines as they occur.
HARMLESS_LINES = """\
DB_PASSWORD=${DB_PASSWORD}
API_KEY=$API_KEY
PASSWORD=<your-password-here>
TOKEN=changeme
SECRET_KEY_FILE=/run/secrets/secret_key
JWT_PUBLIC_KEY=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
TOKEN_URL=https://login.example.com/oauth2/v2.0/token
SECRET_NAME=kodex-production-database
PASSWORD_POLICY=min12-upper-lower-digit
GIT_SHA=9fceb02d0ae598e95dc970b74767f19372d61af8
IMAGE_DIGEST=sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
DATABASE_URL=postgres://app:${DB_PASSWORD}@db:5432/app
DATABASE_URL=postgres://postgres:postgres@localhost:5432/test
REDIS_URL=redis://cache:6379/0
BUILD_ID=2f1a9c3e-7b5d-4c80-9a61-0d2e3f4a5b6c
ACCESS_TOKEN_LIFETIME=3600
TOKENIZER=bert-base-multilingual-cased-v2
SESSION_SECRET=vault:kv/data/kodex/session#key
AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:?set it}
SMTP_PASSWORD=op://ops/smtp/password
API_TOKEN={{ .Values.apiToken }}
SECRET_REF=aws-sm://kodex/production/db
AUTH_PROVIDER=keycloak-production-v3
PASSWORD=xxxxxxxxxxxxxxxx
CSRF_TOKEN_NAME=X-CSRF-Token-Kodex42
""".splitlines()


class Corpus:
    def __init__(self, seed=SEED):
        self.source = Source(seed)
        self.files = {}  # path -> text
        self.expected = {}  # path -> [(line, code, kind)]

    def add(self, path, text, findings=()):
        assert path not in self.files, path
        self.files[path] = text
        self.expected[path] = [list(each) for each in findings]

    def put(self, place, name, value, findings=()):
        """`value` at the mark of one of PLACES; findings are (code, kind) on its line."""
        path, text = place
        at = text.replace("checkout@", "checkout-").index("@")
        line = text[:at].count("\n") + 1
        self.add(path.format(name), text[:at] + value + text[at + 1:], [(line, *each) for each in findings])

    def tokens(self):
        for kind, make in TOKENS.items():
            for i, place in enumerate(self.source.random.sample(PLACES, 3)):
                self.put(place, f"{kind}/{i}", make(self.source), [("D0801", kind)])
            token = make(self.source)
            for i, (text, _) in enumerate(spoiled(kind, token, self.source)):
                self.put(self.source.one(*PLACES), f"near/{kind}/{i}", text)

    def keys(self):
        for i, title in enumerate(("RSA " + "PRIVATE", "PRIVATE", "EC " + "PRIVATE")):
            der = b"\x30\x82\x04\xa4\x02\x01" + self.source.random.randbytes(300)
            body = base64.b64encode(der).decode()
            lines = [body[n:n + 64] for n in range(0, len(body), 64)]
            head, tail = f"-----BEGIN {title} KEY-----", f"-----END {title} KEY-----"
            self.add(f"keys/{i}/server.key", "\n".join([head, *lines, tail]) + "\n", [(1, "D0802", "private-key")])
            self.add(f"keys/{i}/secret.yaml", "app: kodex\ntls:\n  key: |\n" + "".join(f"    {line}\n" for line in (head, *lines, tail)), [(4, "D0802", "private-key")])
            self.add(f"keys/{i}/.env", "PORT=80\nTLS_VALUE=\"" + "\\n".join([head, *lines, tail]) + "\"\n", [(2, "D0802", "private-key")])
            self.add(f"near/keys/{i}/README.yaml", f"text: |\n  Paste it here:\n  {head}\n  ...\n  {tail}\n")
            self.add(f"near/keys/{i}/check.sh", f"#!/bin/sh\ngrep -q -- '{head}' \"$1\" || exit 1\n")
        self.add("near/keys/server.pem", "-----BEGIN CERTIFICATE-----\n" + base64.b64encode(self.source.random.randbytes(300)).decode() + "\n-----END CERTIFICATE-----\n")

    def others(self):
        for i in range(8):
            scheme = self.source.one("postgres", "mysql", "amqp", "mongodb+srv", "redis")
            url = f"{scheme}://app:{self.source.of(BASE62, 16)}@db-{i}.internal/app"
            self.put(self.source.one(*PLACES[:4]), f"url/{i}", url, [("D0803", "url-password")])
        names = ("DB_PASSWORD", "SESSION_SECRET", "apiKey", "AUTH_TOKEN", "ENCRYPTION_KEY", "client_secret", "REDIS_PASSWORD", "SIGNING_KEY")
        for i in range(24):
            name, value = names[i % len(names)], self.source.of(BASE62 + "!*-_", self.source.one(16, 20, 24, 32))
            if i % 3 == 0:
                value = self.source.of(HEX, 40)
            value = "a" + value[1:]
            shape, path = (("{}={}\n", ".env"), ("{}: \"{}\"\n", "values.yaml"), ("export {}='{}'\n", "env.sh"))[i % 3]
            self.add(f"assignment/{i}/{path}", "PORT: 80\n" if i % 3 == 1 else "PORT=80\n", [])
            self.files[f"assignment/{i}/{path}"] += shape.format(name, value)
            self.expected[f"assignment/{i}/{path}"] = [[2, "D0804", "secret-assignment"]]
        for i in range(6):
            key = self.source.of(B64.replace("+", ""), 40)
            self.add(f"aws/{i}/.env", f"AWS_REGION=eu-west-1\nAWS_SECRET_ACCESS_KEY={key}\n", [(2, "D0801", "aws-secret-key")])
        for i in range(5):
            key = base64.b64encode(self.source.random.randbytes(64)).decode()
            self.add(f"azure/{i}/.env", f"A=1\nSTORAGE=DefaultEndpointsProtocol=https;AccountName=kodex;AccountKey={key};EndpointSuffix=core.windows.net\n", [(2, "D0801", "azure-connection-string")])
        for i in range(5):
            value = base64.b64encode(self.source.of(BASE62, 18).encode()).decode()
            self.add(f"kubernetes/{i}/secret.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{ name: db }}\ntype: Opaque\ndata:\n  username: YXBw\n  password: {value}\n", [(7, "D0805", "kubernetes-secret")])
            self.add(f"near/kubernetes/{i}/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData:\n  password: \"${DB_PASSWORD}\"\n")
            login = base64.b64encode(f"robot:{self.source.of(BASE62, 20)}".encode()).decode()
            self.add(f"docker/{i}/.docker/config.json", json.dumps({"auths": {"registry.example.com": {"auth": login}}}) + "\n", [(1, "D0801", "docker-auth")])
        for i, line in enumerate(HARMLESS_LINES):
            self.add(f"near/lines/{i}/.env", f"LOG_LEVEL=info\n{line}\nPORT=80\n")
        for i in range(0, len(HARMLESS_LINES), 5):
            text = "services:\n  api:\n    image: kodex/api:1.2.0\n    environment:\n"
            text += "".join("      - '" + line + "'\n" for line in HARMLESS_LINES[i:i + 5])
            self.add(f"near/lines/compose/{i}/compose.yaml", text)

    def mistakes(self):
        for path, text, findings in MISTAKES:
            self.add(f"rules/{path}", text, findings)


CLEAN_DOCKERFILE = "FROM golang:1.22 AS build\nWORKDIR /src\nCOPY go.mod ./\nRUN go build -o /app .\nFROM gcr.io/distroless/static:nonroot\nCOPY --from=build /app /app\nUSER 65532\nENTRYPOINT [\"/app\"]\n"

# (path, text, [(line, code, rule)]): the other guardrails, each with what is wrong and what is right.
MISTAKES = (
    ("root/Dockerfile", "FROM debian:12\nCMD [\"/app\"]\n", [(1, "D0811", "root-user")]),
    ("root-named/Dockerfile", "FROM debian:12\nUSER app\nUSER root\nCMD [\"/app\"]\n", [(3, "D0811", "root-user")]),
    ("root-inherited/Dockerfile", "FROM debian:12 AS base\nUSER app\nFROM base\nCMD [\"/app\"]\n", []),
    ("latest/Dockerfile", "FROM python:latest\nUSER app\n", [(1, "D0812", "unpinned-base")]),
    ("no-tag/Dockerfile", "ARG BASE=python\nFROM ${BASE}\nUSER app\n", [(2, "D0812", "unpinned-base")]),
    ("tag-in-argument/Dockerfile", "ARG TAG=3.12\nFROM python:${TAG}\nUSER app\n", []),
    ("port-is-no-tag/Dockerfile", "FROM registry.example.com:5000/base\nUSER app\n", [(1, "D0812", "unpinned-base")]),
    ("digest/Dockerfile", "FROM python@sha256:" + "0" * 64 + "\nUSER app\n", []),
    ("argument/Dockerfile", "FROM debian:12\nARG NPM_TOKEN\nUSER app\n", [(2, "D0814", "secret-argument")]),
    ("environment/Dockerfile", "FROM debian:12\nENV DB_PASSWORD=hunter2 PORT=80\nUSER app\n", [(2, "D0814", "secret-argument")]),
    ("environment-file/Dockerfile", "FROM debian:12\nENV DB_PASSWORD_FILE=/run/secrets/db TOKEN=\"\"\nUSER app\n", []),
    ("one-stage/Dockerfile", "FROM golang:1.22\nCOPY main.go ./\nRUN go build -o /app main.go\nUSER app\n", [(3, "D0815", "single-stage")]),
    ("two-stages/Dockerfile", CLEAN_DOCKERFILE, []),
    ("weights/Dockerfile", "FROM python:3.12\nCOPY model.safetensors /models/\nUSER app\n", [(2, "D0816", "huge-file")]),
    ("weights-of-stage/Dockerfile", "FROM python:3.12 AS fetch\nRUN fetch\nFROM python:3.12\nCOPY --from=fetch /m/model.safetensors /models/\nUSER app\n", []),
    ("apt/Dockerfile", "FROM debian:12\nRUN apt-get update && \\\n    apt-get install -y --no-install-recommends curl\nUSER app\n", [(2, "D0817", "package-cache")]),
    ("apt-clean/Dockerfile", "FROM debian:12\nRUN apt-get update && \\\n    # only what is needed\n    apt-get install -y curl && \\\n    rm -rf /var/lib/apt/lists/*\nUSER app\n", []),
    ("apt-mount/Dockerfile", "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt apt-get install -y curl\nUSER app\n", []),
    ("apk/Dockerfile", "FROM alpine:3.20\nRUN apk add curl\nUSER app\n", [(2, "D0817", "package-cache")]),
    ("pip/Dockerfile", "FROM python:3.12\nRUN pip install flask\nUSER app\n", [(2, "D0817", "package-cache")]),
    ("pip-variable/Dockerfile", "FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\nUSER app\n", []),
    ("pip-in-build-stage/Dockerfile", "FROM python:3.12 AS build\nRUN pip install flask\nFROM python:3.12\nCOPY --from=build /x /x\nUSER app\n", []),
    ("heredoc/Dockerfile", "FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\nUSER app\n", [(2, "D0817", "package-cache")]),
    ("no-ignore/Dockerfile", "FROM debian:12\nCOPY . /app\nUSER app\n", [(2, "D0821", "dockerignore-missing")]),
    ("gaps/Dockerfile", "FROM debian:12\nCOPY . /app\nUSER app\n", [(2, "D0822", "dockerignore-incomplete")]),
    ("gaps/.dockerignore", "*.md\n", []),
    ("gaps/app/__pycache__/main.cpython-312.pyc", "x\n", []),
    ("closed/Dockerfile", "FROM debian:12\nCOPY . /app\nUSER app\n", []),
    ("closed/.dockerignore", "**/__pycache__\n", []),
    ("closed/app/__pycache__/main.cpython-312.pyc", "x\n", []),
    ("broken/Dockerfile", "FROM debian:12\nRUNN x\nUSER app\n", [(2, "D0810", "dockerfile-unreadable")]),
    ("lost/compose.yaml", "services:\n  db:\n    image: postgres:16.3\n", [(3, "D0831", "data-not-on-volume")]),
    ("lost-elsewhere/compose.yaml", "services:\n  db:\n    image: library/mysql:8.4\n    volumes: [\"./conf:/etc/mysql/conf.d\"]\n", [(3, "D0831", "data-not-on-volume")]),
    ("kept/compose.yaml", "services:\n  db:\n    image: postgres:16.3\n    volumes: [\"db:/var/lib/postgresql/data\"]\n  long:\n    image: mariadb:11\n    volumes: [{ type: volume, source: m, target: /var/lib/mysql }]\n  cache: { image: \"redis:7\" }\n  scratch: { image: \"mongo:7\", tmpfs: /data/db }\n", []),
    ("ports/compose.yaml", "services:\n  db:\n    image: postgres:16.3\n    volumes: [\"db:/var/lib/postgresql/data\"]\n    ports:\n      - \"5432:5432\"\n      - \"127.0.0.1:5433:5432\"\n      - { target: 5432, published: 5434 }\n", [(6, "D0834", "exposed-port"), (8, "D0834", "exposed-port")]),
    ("production/compose.prod.yaml", "services:\n  api:\n    image: kodex/api:1.2\n    healthcheck: { test: [CMD, /app, health] }\n    environment:\n      - DEBUG=true\n      - ADMIN_PASSWORD=admin\n      - CORS_ORIGINS=*\n", [(3, "D0832", "image-without-digest"), (6, "D0841", "debug-in-production"), (7, "D0842", "default-password"), (8, "D0843", "open-cors")]),
    ("health/compose.production.yaml", "services:\n  api:\n    image: kodex/api@sha256:" + "0" * 64 + "\n", [(2, "D0833", "no-health-check")]),
    ("good/compose.production.yaml", "services:\n  api:\n    image: kodex/api@sha256:" + "0" * 64 + "\n    healthcheck: { test: [CMD, /app, health] }\n    environment: { DEBUG: \"false\", ADMIN_PASSWORD: \"${ADMIN_PASSWORD}\", CORS_ORIGINS: \"https://kodex.example.com\" }\n", []),
    ("dotenv/.env.production", "DEBUG=1\nMYSQL_ROOT_PASSWORD=root\nCORS_ALLOWED_ORIGINS=*\nNODE_ENV=development\n", [(1, "D0841", "debug-in-production"), (2, "D0842", "default-password"), (3, "D0843", "open-cors"), (4, "D0841", "debug-in-production")]),
    ("dotenv-good/.env.production", "DEBUG=0\nNODE_ENV=production\nCORS_ALLOWED_ORIGINS=https://kodex.example.com\n", []),
    ("dotenv-development/.env.development", "DEBUG=1\nMYSQL_ROOT_PASSWORD=root\nCORS_ALLOWED_ORIGINS=*\n", []),
    ("waived/Dockerfile", "# deployctl: allow root-user the entry point drops its rights\nFROM debian:12\nCMD [\"/app\"]\n", []),
    ("waived-badly/Dockerfile", "# deployctl: allow root-user\nFROM debian:12\nCMD [\"/app\"]\n", [(2, "D0811", "root-user"), (1, "D0891", "waiver-without-reason")]),
    ("waived-for-nothing/Dockerfile", "FROM debian:12\nUSER app # deployctl: allow D0811 it was root once\n", [(2, "D0892", "waiver-of-nothing")]),
)


def build(seed=SEED):
    corpus = Corpus(seed)
    corpus.tokens()
    corpus.keys()
    corpus.others()
    corpus.mistakes()
    return corpus


def write(corpus, folder):
    folder = pathlib.Path(folder)
    for path, text in corpus.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


if __name__ == "__main__":
    made = build()
    write(made, sys.argv[1])
    (pathlib.Path(sys.argv[1]) / "corpus.json").write_text(json.dumps(made.expected, indent=1))
    print(f"{len(made.files)} files")
