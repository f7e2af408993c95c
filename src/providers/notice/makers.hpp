// The actions of `notify`: each tells one service about a run. They know what the engine's event says
// (told.hpp) and nothing else of the run.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::providers::notice {

Provider make_email_send();
Provider make_github_deployment();
Provider make_grafana_annotation();
Provider make_sentry_release();
Provider make_slack_message();
Provider make_webhook_post();

} // namespace deployctl::providers::notice
