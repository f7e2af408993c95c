#include "providers/builtin.hpp"

#include "providers/compose/project.hpp"
#include "providers/docker/service.hpp"
#include "providers/docker/task.hpp"
#include "providers/exec/run.hpp"
#include "providers/file/put.hpp"
#include "providers/host/release.hpp"
#include "providers/host/run.hpp"
#include "providers/http/check.hpp"
#include "providers/image/assemble.hpp"
#include "providers/image/build.hpp"
#include "providers/image/check.hpp"
#include "providers/image/push.hpp"
#include "providers/image/scan.hpp"
#include "providers/image/tag.hpp"
#include "providers/image/verify.hpp"
#include "providers/image/versions.hpp"
#include "providers/notice/makers.hpp"

namespace deployctl::providers {

Catalog builtin_catalog(const Surroundings& surroundings) {
  return {
      exec::make_run(),
      http::make_check(),
      host::make_run(),
      file::make_put(),
      host::make_release(),
      docker::make_task(surroundings),
      docker::make_service(surroundings),
      compose::make_project(),
      image::make_check(surroundings),
      image::make_build(surroundings),
      image::make_assemble(surroundings),
      image::make_push(surroundings),
      image::make_verify(surroundings),
      image::make_scan(surroundings),
      image::make_tag(surroundings),
      image::make_promote(surroundings),
      image::make_versions(surroundings),
      notice::make_slack_message(),
      notice::make_webhook_post(),
      notice::make_email_send(),
      notice::make_github_deployment(),
      notice::make_grafana_annotation(),
      notice::make_sentry_release(),
  };
}

} // namespace deployctl::providers
