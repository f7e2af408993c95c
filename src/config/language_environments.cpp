// The top level, environments and notices of the language's tables.
#include "config/language.hpp"
#include "config/language_parts.hpp"

namespace deployctl::config {

namespace language {

namespace {

Field free_map(std::string name, std::string help, std::string item, std::string example) {
  Field field{.name = name, .type = FieldType::map, .help = std::move(help), .example = std::move(example)};
  field.pattern = id_pattern;
  field.element = {Field{.name = std::move(name), .type = FieldType::any, .help = std::move(item)}};
  return field;
}

Field providers_field() {
  auto field = free_map("providers", "Endpoints, regions and authentication, as NAME or NAME.INSTANCE.",
                        "The settings of one instance.", "{ aws.production: { region: eu-west-1 } }");
  field.pattern = "[a-z][a-z0-9_-]{0,62}(\\.[a-z][a-z0-9_-]{0,62})?";
  Field settings = free_map("providers", "The settings of one instance.", "One setting.", {});
  settings.pattern.clear();
  field.element = {settings};
  return field;
}

Field state_field() {
  auto bucket = text("state", "A bucket shared by everyone who deploys.", "s3://bucket/prefix");
  bucket.pattern = "s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?";
  return one_of("state", "Where releases and locks are kept.",
                {choice("state", "In .deployctl/ beside the pipeline.", {"local"}),
                 since_later(choice("state", "In a branch of the repository.", {"git"})),
                 since_later(bucket)});
}

Field hosts_field() {
  const std::string help = "[user@]host[:port], an alias of ~/.ssh/config, or local.";
  Field vars = free_map("vars", "What ${host.vars.NAME} gives on this host.", "One value.", "{ zone: a }");
  const auto role = list_of(
      one_of("hosts", help,
             {text("hosts", help, "deploy@web-1.example.com"),
              object("hosts", "A host with its own values.", {needed(text("at", help, "web-1")), vars})}),
      "The hosts of one role.");
  return named_map(role, "Roles and their hosts.");
}

Field allow_field() {
  const auto globs = [](std::string name, std::string help, std::string example) {
    return list_of(text(std::move(name), "A glob over the name.", std::move(example)), std::move(help));
  };
  return object("allow", "From where this environment may be deployed.",
                {globs("branches", "Branches; one match is enough.", "[main]"),
                 globs("tags", "Tags; an alternative to branches.", "[v*]"),
                 boolean("clean", "Refuses a working tree with changes.")});
}

Field freeze_field() {
  auto window = object(
      "freeze", "A time in which nothing is deployed.",
      {needed(text("from", "When it begins: a weekday and a time, or a date and a time.", "fri 16:00")),
       needed(text("to", "When it ends.", "mon 08:00")),
       text("zone", "The IANA time zone of both; without it UTC.", "Asia/Taipei"),
       text("reason", "Shown to whoever is refused.", "weekend")});
  return list_of(std::move(window), "Times in which nothing is deployed.");
}

Field policy_field() {
  const std::vector<std::string> levels = {"error", "warning", "off"};
  auto rule =
      object("policy", "A rule's level with its reason.",
             {needed(choice("level", "How a finding counts.", levels)),
              text("why", "Needed for a level below the rule's own."),
              list_of(text("paths", "A glob.", "[legacy/**]"), "Files the level is for; without it all.")});
  Field field{.name = "policy", .type = FieldType::map, .help = "Levels of guardrails, by code or name."};
  field.element = {
      one_of("policy", "The level of one rule.", {choice("policy", "How a finding counts.", levels), rule})};
  field.example = "{ root-user: { level: off, why: drops its rights itself, paths: [Dockerfile] } }";
  return field;
}

Field notify_field() {
  return list_of(object("notify", "One notice.", notice_fields()), "Who is told, and when.");
}

} // namespace

Field approval_field() {
  auto quorum = integer("quorum", "How many must approve.", 1);
  auto by = list_of(text("by", "A principal of the signers file.", "[lead, ops]"), "Who may approve.");
  by.least = 1;
  return object(
      "approval", "Who must approve before it goes on; a step that names nobody asks whoever is there.",
      {by, quorum, duration("expires", "How long an approval counts; without it 24h.", "4h"),
       choice("self", "Whether the approval of who made the plan or the commit counts.", {"deny", "allow"}),
       text("signers", "An OpenSSH allowed-signers file beside the pipeline.", "deploy-signers")});
}

std::vector<Field> environment_rules() {
  return {
      allow_field(),
      boolean("protected", "Asks for the environment's name instead of 'yes', and refuses unknown images."),
      text("from", "The environment whose proven artifacts are taken.", "staging"),
      approval_field(),
      freeze_field(),
      hosts_field()};
}

std::vector<Field> pipeline_heads() {
  auto version = integer("version", "The version of the language.", 1);
  version.most = 1;
  version.example = "1";
  auto next_version = since_later(integer("version", "A later version of the language.", 2));
  auto project = needed(text("project", "The name; with the environment's it names the stack.", "hello"));
  project.pattern = id_pattern;
  auto environments = named_map(object("environments", "One environment.", environment_fields()),
                                "Where the project runs: rules, hosts, and what differs from the top level.");
  environments.least = 1;
  return {needed(one_of("version", "The version of the language.", {version, next_version})),
          std::move(project),
          text("requires", "The oldest version of deployctl that may read this file.", "0.1"),
          needed(std::move(environments))};
}

std::vector<Field> shared_fields() {
  return {
      state_field(),
      providers_field(),
      free_map("vars", "Values used in several places, as ${vars.NAME}.", "One value.",
               "{ domain: example.com }"),
      named_map(text("secrets", "A reference such as env://NAME, never the value.", "env://API_KEY"),
                "References to secrets, used as ${secrets.NAME}."),
      named_map(object("gates", "One gate.", gate_fields()), "Conditions that steps are judged by."),
      named_map(object("steps", "One step.", step_fields()), "What should be live, in no particular order."),
      named_map(object("finally", "One last step.", finally_fields()),
                "Steps that run once when the run ends; they never change the exit code."),
      policy_field(),
      notify_field(),
      choice("on_failure", "What happens to the steps before a failed one.", {"rollback", "stop"})};
}

} // namespace language

const std::vector<Field>& notice_fields() {
  using namespace language;
  static const std::vector<Field> fields = {
      needed(uses("The action that sends, such as slack.message.")), with(),
      list_of(
          choice("events", "What is told.", {"started", "approval", "succeeded", "failed", "rolled_back"}),
          "What is told; without it how the run ended."),
      list_of(text("environments", "An environment.", "[production]"),
              "Environments it is for; without it all.")};
  return fields;
}

} // namespace deployctl::config
