#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 25> rows = {{
    {"D0801", "a token of a service in a file",
     "The text has the form of a service's token and, where tokens carry one, the right checksum. Whoever "
     "reads the file has it, and so has everybody with the history: take it back at the service, then keep "
     "the new one in a secret store. Rule: secret-token.",
     "GITHUB_TOKEN=ghp_…   # in .env, tracked by git\n", "secrets: { token: env://GITHUB_TOKEN }\n"},
    {"D0802", "a private key in a file",
     "A private key decodes. Make a new one and keep it where only its user reads it; an encrypted one is a "
     "warning. Rule: private-key.",
     "-----BEGIN PRIVATE KEY-----\n", "secrets: { key: \"file://~/.config/app/key.pem\" }\n"},
    {"D0803", "a password in a URL",
     "Addresses with passwords end in logs, process lists and error messages. Put the password into a "
     "variable "
     "that comes from a secret. Rule: url-password.",
     "DATABASE_URL=postgres://app:Kq82…@db/app\n", "DATABASE_URL=postgres://app:${DB_PASSWORD}@db/app\n"},
    {"D0804", "a value that looks like a secret",
     "The name says that it is a secret and the value looks generated. It may be a false alarm: then say so "
     "with a waiver, '# deployctl: allow D0804 why'. Rule: secret-assignment.",
     "SESSION_SECRET=8fK2…\n", "SESSION_SECRET=${SESSION_SECRET}\n"},
    {"D0805", "a Kubernetes secret with its values",
     "base64 is an encoding, not a protection. Encrypt the manifest with SOPS, seal it, or let an operator "
     "fetch the values from a store. Rule: secret-manifest.",
     "kind: Secret\ndata: { password: c2VjcmV0LXZhbHVl }\n", "kind: ExternalSecret\n"},
    {"D0810", "not a Dockerfile", "A builder would refuse the file here. Rule: dockerfile-unreadable.",
     "FORM debian:12\n", "FROM debian:12\n"},
    {"D0811", "a container that runs as root",
     "Whoever breaks into the service is root in its container, and one hole away from the host. Rule: "
     "root-user.",
     "FROM debian:12\nCMD [app]\n", "FROM debian:12\nUSER app\nCMD [app]\n"},
    {"D0812", "a base that moves",
     "Without a version the same Dockerfile makes another image tomorrow. A digest is safest. Rule: "
     "unpinned-base.",
     "FROM python:latest\n", "FROM python:3.12-slim\n"},
    {"D0813", "a secret inside an image",
     "ENV and ARG with a value are stored in the image, for everybody who can pull it. Rule: "
     "secret-in-image.",
     "ENV API_KEY=8fK2…\n", "RUN --mount=type=secret,id=api_key …\n"},
    {"D0814", "a secret as a build argument",
     "Values of build arguments stand in the history of the image. Rule: secret-argument.", "ARG NPM_TOKEN\n",
     "RUN --mount=type=secret,id=npm npm ci\n"},
    {"D0815", "building and running in one stage",
     "Compilers and caches are shipped with the service, which makes it large and gives an intruder tools. "
     "Rule: single-stage.",
     "FROM golang:1.22\nRUN go build -o /app .\n",
     "FROM golang:1.22 AS build\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n"},
    {"D0816", "weights or another huge file in an image",
     "Every release would ship it again, and every host keep it for each release. Mount it, or fetch it "
     "where "
     "it is used. Rule: huge-file.",
     "COPY model.safetensors /models/\n", "VOLUME /models\n"},
    {"D0817", "a package manager's cache in an image",
     "Downloads of packages stay in the layer. Rule: package-cache.", "RUN apk add curl\n",
     "RUN apk add --no-cache curl\n"},
    {"D0821", "no .dockerignore",
     "COPY . takes everything that lies beside the Dockerfile, also what git does not know. Rule: "
     "dockerignore-missing.",
     "COPY . /app\n", "# .dockerignore\n.git\n.env\n"},
    {"D0822", "a .dockerignore with gaps",
     "Something lies in the build context that no image should hold. Rule: dockerignore-incomplete.",
     "# .dockerignore\n.git\n", "# .dockerignore\n.git\n**/.env\n"},
    {"D0831", "data that a new container loses",
     "The data is kept where the next deployment puts something new: in a container's own folder, or inside "
     "a "
     "release of host.release, whose 'shared' is for what stays. Rule: data-not-on-volume.",
     "db: { image: \"postgres:16\" }\n",
     "db: { image: \"postgres:16\", volumes: [\"db:/var/lib/postgresql/data\"] }\n"},
    {"D0832", "an image of production without its digest",
     "A tag can be moved: two hosts, or today and tomorrow, may run different images. Rule: "
     "image-without-digest.",
     "image: nginx:1.27\n", "image: nginx:1.27@sha256:…\n"},
    {"D0833", "no health check",
     "Without one a broken release looks as good as a sound one. In a pipeline 'health' or a gate tells. "
     "Rule: "
     "no-health-check.",
     "api: { image: app }\n", "api: { image: app, healthcheck: { test: [CMD, /app, health] } }\n"},
    {"D0834", "an inner port open to the world",
     "Ports of data bases and brokers are published on every network of the host, past most firewalls. Rule: "
     "exposed-port.",
     "ports: [\"5432:5432\"]\n", "ports: [\"127.0.0.1:5432:5432\"]\n"},
    {"D0841", "debugging in production",
     "Debug modes show code, settings and memory to whoever asks. Rule: debug-in-production.", "DEBUG=true\n",
     "DEBUG=false\n"},
    {"D0842", "a password that everybody knows",
     "Default passwords are the first that are tried. Rule: default-password.", "DB_PASSWORD=postgres\n",
     "DB_PASSWORD=${DB_PASSWORD}\n"},
    {"D0843", "CORS for everybody",
     "Pages of every origin may call the service with the user's browser. Rule: open-cors.",
     "CORS_ORIGINS=*\n", "CORS_ORIGINS=https://app.example.com\n"},
    {"D0891", "a waiver without a reason",
     "Whoever comes next must know why the finding is no mistake; so must who reads 'policy'. Rule: "
     "waiver-without-reason.",
     "# deployctl: allow D0811\n", "# deployctl: allow D0811 the entry point drops its rights itself\n"},
    {"D0892", "a waiver of nothing",
     "The comment names no rule, or nothing is found where it stands: it may hide the next mistake. Rule: "
     "waiver-of-nothing.",
     "# deployctl: allow roots because\n", "# deployctl: allow root-user because\n"},
    {"D0893", "a level for a rule that does not exist",
     "A key of 'policy' is the code or the name of a guardrail. Rule: no-such-rule.",
     "policy: { root-users: error }\n", "policy: { root-user: error }\n"},
}};

} // namespace

std::span<const DiagnosticCode> guardrails() {
  return rows;
}

} // namespace deployctl::topics
