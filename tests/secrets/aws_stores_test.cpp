#include "secrets/aws_stores.hpp"

#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "cloud/aws_bench.hpp"
#include "secrets/resolver.hpp"

using namespace deployctl;
using namespace deployctl::secrets;

namespace {

HttpResponse answered(const Value& body, int status = 200) {
  return {.status = status, .body = to_json(body, JsonMode::plain)};
}
HttpResponse refused(const char* code) {
  return answered(Value::Map{{"__type", code}, {"Message", "as told"}}, 400);
}

// Both services as far as reading goes: what they keep, and what they refuse.
struct Cloud {
  tests::AwsBench bench;
  std::map<std::string, std::pair<std::string, std::string>> secrets;     // name: value, version id
  std::map<std::string, std::pair<std::string, std::int64_t>> parameters; // name: value, version
  std::set<std::string> denied;                                           // operations
  std::vector<std::string> asked;                                         // operations, in order
  std::vector<Value> inputs;
  RedactionSet redactions;
  Stores stores;
  std::optional<Resolver> resolver;
  std::map<std::string, Value> settings;

  Cloud() {
    bench.environment.insert({{"AWS_ACCESS_KEY_ID", "AKIA"},
                              {"AWS_SECRET_ACCESS_KEY", "secret-key"},
                              {"AWS_REGION", "eu-north-1"}});
    bench.http.answer = [this](const HttpRequest& request) { return answer(request); };
  }

  HttpResponse answer(const HttpRequest& request) {
    const std::string target = tests::header_of(request, "X-Amz-Target");
    const std::string operation = target.substr(target.find('.') + 1);
    asked.push_back(operation);
    inputs.push_back(parse_json(tests::bytes_of(request.body), JsonMode::plain).value());
    if (denied.contains(operation)) return refused("AccessDeniedException");
    if (operation == "GetParameters") return answered(get_parameters(inputs.back()));
    if (operation == "BatchGetSecretValue") return answered(batch(inputs.back()));
    const auto found = secrets.find(*inputs.back().find("SecretId")->text());
    if (found == secrets.end()) return refused("ResourceNotFoundException");
    if (operation == "GetSecretValue") return answered(secret(found->first));
    return answered(Value::Map{
        {"VersionIdsToStages", Value::Map{{"old", Value::List{"AWSPREVIOUS"}},
                                          {found->second.second, Value::List{"AWSCURRENT", "mine"}}}}});
  }

  Value secret(const std::string& name) const {
    const auto& [value, version] = secrets.at(name);
    Value::Map out{{"Name", name},
                   {"ARN", "arn:aws:secretsmanager:eu-north-1:1:secret:" + name + "-AbCdEf"},
                   {"VersionId", version}};
    out.emplace(name.ends_with("binary") ? "SecretBinary" : "SecretString", value);
    return out;
  }

  Value batch(const Value& input) const {
    Value::List values;
    for (const Value& name : *input.find("SecretIdList")->list())
      if (secrets.contains(*name.text())) values.push_back(secret(*name.text()));
    return Value::Map{{"SecretValues", values}};
  }

  Value get_parameters(const Value& input) const {
    Value::List found, missing;
    const bool decrypt = *input.find("WithDecryption")->get<bool>();
    for (const Value& name : *input.find("Names")->list()) {
      const auto known = parameters.find(*name.text());
      if (known == parameters.end()) {
        missing.push_back(name);
        continue;
      }
      const std::string& full = known->first;
      const std::size_t colon = full.find(':');
      Value::Map one{{"Name", full.substr(0, colon)},
                     {"Value", decrypt ? known->second.first : "sealed-bytes"},
                     {"Version", known->second.second},
                     {"LastModifiedDate", 1772366400.25}};
      if (colon != std::string::npos) one.emplace("Selector", full.substr(colon));
      found.push_back(one);
    }
    return Value::Map{{"Parameters", found}, {"InvalidParameters", missing}};
  }

  Resolver& open(const std::vector<std::string>& references) {
    asked.clear();
    inputs.clear();
    std::vector<Declaration> declarations;
    std::vector<SecretReference> parsed;
    for (const std::string& text : references) {
      declarations.push_back({"s" + std::to_string(declarations.size()), text});
      parsed.push_back(parse_secret_reference(text).value());
    }
    stores = Stores();
    const auto chain = [this] {
      return aws::ChainParts{.ports = bench.ports(),
                             .processes = bench.processes,
                             .read_file = bench.reader(),
                             .write_file = {},
                             .learn = [](const Secret&) {}};
    };
    add_aws_stores(stores, parsed,
                   {.chain = chain, .environment = bench.environment, .settings = [this](const auto& name) {
                      const auto found = settings.find(name);
                      return found == settings.end() ? Value(Value::Map{}) : found->second;
                    }});
    resolver.emplace(std::move(declarations),
                     Sources{.environment = bench.environment,
                             .read_file = bench.reader(),
                             .processes = bench.processes,
                             .directory = "/",
                             .stores = &stores},
                     redactions, Secret::reference("key").resolved_with(std::string(32, 'k')));
    return *resolver;
  }

  std::string value(int number) {
    const auto found = resolver->resolve(Secret::reference("s" + std::to_string(number)), {});
    if (!found) return found.error().message;
    return std::string(found->get<Secret>()->reveal());
  }
  std::string version(int number) {
    const auto found = resolver->with_versions(Secret::reference("s" + std::to_string(number)), {});
    if (!found) return found.error().message;
    const std::string kept = found->get<Secret>()->version();
    return kept.substr(0, kept.rfind('~')); // without the reference that it is bound to
  }
};

} // namespace

TEST_CASE("aws stores: secrets are read together, whole or by their members, with the store's version") {
  Cloud cloud;
  cloud.secrets = {
      {"db", {R"({"user": "application", "password": "sentinel-1", "port": 54320, "list": []})", "v-db"}},
      {"token", {"sentinel-2", "v-token"}},
      {"a/binary", {"c2VudGluZWwtYmluYXJ5", "v-binary"}}};
  cloud.open(
      {"aws-sm://db#password", "aws-sm://db#port", "aws-sm://token", "aws-sm://a/binary", "aws-sm://db"});
  CHECK(cloud.value(0) == "sentinel-1");
  CHECK(cloud.value(1) == "54320");
  CHECK(cloud.value(2) == "sentinel-2");
  CHECK(cloud.value(3) == "sentinel-binary");
  CHECK(cloud.value(4).starts_with("{"));
  CHECK(cloud.asked == std::vector<std::string>{"BatchGetSecretValue"});
  CHECK(cloud.version(0) == "v-db");
  CHECK(cloud.version(2) == "v-token");
  CHECK(cloud.asked.size() == 1);
  CHECK(cloud.redactions.redact("x sentinel-2 x") == "x [secret:s2] x");
}

TEST_CASE("aws stores: forty-one secrets are three requests") {
  Cloud cloud;
  std::vector<std::string> references;
  for (int i = 0; i < 41; ++i) {
    const std::string name = "secret-" + std::to_string(i);
    cloud.secrets[name] = {"value-of-" + name, "v" + std::to_string(i)};
    references.push_back("aws-sm://" + name);
  }
  cloud.open(references);
  for (int i = 0; i < 41; ++i) CHECK(cloud.value(i) == "value-of-secret-" + std::to_string(i));
  CHECK(cloud.asked ==
        std::vector<std::string>{"BatchGetSecretValue", "BatchGetSecretValue", "GetSecretValue"});
}

TEST_CASE("aws stores: a plan asks for the version and never for the value") {
  Cloud cloud;
  cloud.secrets = {{"db", {"sentinel-1", "v-1"}}};
  cloud.parameters = {{"/prod/db", {"sentinel-2", 3}}, {"/prod/key", {"sentinel-3", 7}}};
  Resolver& resolver = cloud.open({"aws-sm://db", "aws-ssm:///prod/db", "aws-ssm:///prod/key"});
  const auto versions = resolver.versions({});
  REQUIRE(versions);
  CHECK(versions->at("s0") == "v-1");
  CHECK(versions->at("s1") == "3@1772366400");
  CHECK(versions->at("s2") == "7@1772366400");
  CHECK(std::ranges::count(cloud.asked, "DescribeSecret") == 1);
  CHECK(std::ranges::count(cloud.asked, "GetParameters") == 1);
  CHECK(cloud.asked.size() == 2);
  for (const Value& input : cloud.inputs)
    if (const Value* decrypt = input.find("WithDecryption")) CHECK_FALSE(*decrypt->get<bool>());
  CHECK(cloud.value(1) == "sentinel-2");
  CHECK(cloud.value(2) == "sentinel-3");
  CHECK(cloud.version(1) == "3@1772366400");
  CHECK(cloud.asked.size() == 3);
}

TEST_CASE("aws stores: without the permission to read many or to describe, one by one") {
  Cloud cloud;
  cloud.secrets = {{"a", {"value-a", "v-a"}}, {"b", {"value-b", "v-b"}}};
  cloud.denied = {"BatchGetSecretValue", "DescribeSecret"};
  cloud.open({"aws-sm://a", "aws-sm://b"});
  CHECK(cloud.version(0) == "v-a");
  CHECK(cloud.value(0) == "value-a");
  CHECK(cloud.value(1) == "value-b");
  CHECK(cloud.asked == std::vector<std::string>{"DescribeSecret", "BatchGetSecretValue", "GetSecretValue",
                                                "GetSecretValue"});
  cloud.denied.insert("GetSecretValue");
  cloud.open({"aws-sm://a"});
  CHECK(cloud.value(0) ==
        "secret 's0' (aws-sm://a): secretsmanager GetSecretValue: AccessDeniedException: as told");
  CHECK(cloud.version(0) == cloud.value(0));
}

TEST_CASE("aws stores: what is missing, empty or of another form names its source and no value") {
  Cloud cloud;
  cloud.secrets = {{"json", {R"({"a": "sentinel", "o": {"x": 1}, "empty": ""})", "v"}},
                   {"text", {"sentinel", "v"}},
                   {"empty", {"", "v"}}};
  cloud.parameters = {{"short", {"ab", 1}}};
  cloud.open({"aws-sm://none", "aws-sm://json#b", "aws-sm://json#o", "aws-sm://text#a", "aws-sm://empty",
              "aws-sm://json#empty", "aws-ssm://none", "aws-ssm://short"});
  CHECK(cloud.value(0) == "secret 's0' (aws-sm://none): Secrets Manager has no such secret in eu-north-1");
  CHECK(cloud.version(0) == cloud.value(0));
  CHECK(cloud.value(1) == "secret 's1' (aws-sm://json#b): it has nothing at '#b'");
  CHECK(cloud.value(2) ==
        "secret 's2' (aws-sm://json#o): what it has at '#o' is neither text nor a whole number");
  CHECK(cloud.value(3) == "secret 's3' (aws-sm://text#a): it is no JSON object, so '#a' means nothing in it");
  CHECK(cloud.value(4) == "secret 's4' (aws-sm://empty): its value is empty");
  CHECK(cloud.value(5) == "secret 's5' (aws-sm://json#empty): its value is empty");
  CHECK(cloud.value(6) ==
        "secret 's6' (aws-ssm://none): the Parameter Store has no such parameter in eu-north-1");
  CHECK(cloud.version(6) == cloud.value(6));
  CHECK(cloud.value(7) == "secret 's7' (aws-ssm://short): its value has 2 bytes, fewer than 4");
}

TEST_CASE("aws stores: a parameter's version or label may be named, and an ARN stands for a name") {
  Cloud cloud;
  cloud.parameters = {{"/db:3", {"third-value", 3}}, {"/db", {"fourth-value", 4}}};
  cloud.secrets = {{"db", {"value-db", "v"}}};
  cloud.open({"aws-ssm:///db:3", "aws-ssm:///db"});
  CHECK(cloud.value(0) == "third-value");
  CHECK(cloud.value(1) == "fourth-value");
  CHECK(cloud.version(0) == "3@1772366400");
}

TEST_CASE("aws stores: twenty-five parameters are three requests") {
  Cloud cloud;
  std::vector<std::string> references;
  for (int i = 0; i < 25; ++i) {
    cloud.parameters["/p/" + std::to_string(i)] = {"value-of-" + std::to_string(i), 1};
    references.push_back("aws-ssm:///p/" + std::to_string(i));
  }
  cloud.open(references);
  for (int i = 0; i < 25; ++i) CHECK(cloud.value(i) == "value-of-" + std::to_string(i));
  CHECK(cloud.asked.size() == 3);
}

TEST_CASE("aws stores: a rotated secret has another version") {
  Cloud cloud;
  cloud.secrets = {{"db", {"value-one", "v-1"}}};
  cloud.open({"aws-sm://db"});
  CHECK(cloud.version(0) == "v-1");
  cloud.secrets = {{"db", {"value-two", "v-2"}}};
  cloud.open({"aws-sm://db"});
  CHECK(cloud.version(0) == "v-2");
  CHECK(cloud.value(0) == "value-two");
}

TEST_CASE("aws stores: instances have their own settings, and the keys' account can be demanded") {
  Cloud cloud;
  cloud.secrets = {{"db", {"value-one", "v-1"}}};
  cloud.settings = {{"aws.other", Value::Map{{"region", "us-east-1"}}}};
  cloud.open({"aws-sm://db", "aws-sm://db?provider=aws.other"});
  CHECK(cloud.value(0) == "value-one");
  CHECK(cloud.value(1) == "value-one");
  REQUIRE(cloud.bench.http.requests.size() == 2);
  CHECK(cloud.bench.http.requests[0].url == "https://secretsmanager.eu-north-1.amazonaws.com/");
  CHECK(cloud.bench.http.requests[1].url == "https://secretsmanager.us-east-1.amazonaws.com/");

  cloud.settings = {{"aws", Value::Map{{"account", "123456789012"}}}};
  cloud.bench.http.answer = [](const HttpRequest&) {
    return HttpResponse{.status = 200,
                        .body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>999999999999"
                                "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"};
  };
  cloud.open({"aws-sm://db"});
  CHECK(cloud.value(0) ==
        "secret 's0' (aws-sm://db): the credentials belong to account '999999999999', not to "
        "'123456789012'");
}
