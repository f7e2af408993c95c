#include "net/transfer.hpp"

#include <curl/curl.h>

namespace deployctl::net {

std::optional<int> perform(void* multi, const std::stop_token& stop) {
  const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
  for (;;) {
    int running = 0;
    if (curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left))
      if (message->msg == CURLMSG_DONE) return message->data.result;
    if (stop.stop_requested()) return std::nullopt;
    if (curl_multi_poll(multi, nullptr, 0, 1'000, nullptr) != CURLM_OK) return CURLE_FAILED_INIT;
  }
}

} // namespace deployctl::net
