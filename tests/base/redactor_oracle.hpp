// The redactor's rules again, slowly and by definition: every form is searched for at every place of every
// reading.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/secret_forms.hpp"
#include "base/strings.hpp"

class RedactorOracle {
public:
  struct Named {
    std::string name;
    std::string value;
  };

  explicit RedactorOracle(const std::vector<Named>& secrets) {
    for (const Named& secret : secrets)
      for (const deployctl::SecretForm& form : deployctl::forms_of(secret.value))
        forms_.push_back({secret.name, form});
  }

  [[nodiscard]] std::string redact(const std::string& text) const {
    std::vector<Interval> found;
    for (const int reading : {0, 1, 2}) search(view_of(text, reading), reading, found);
    return replace(text, found);
  }

private:
  struct Form {
    std::string name;
    deployctl::SecretForm form;
  };
  struct Interval {
    std::size_t begin;
    std::size_t end;
    std::string name;
  };
  struct View {
    std::string text;
    std::vector<std::size_t> at;
  };

  // Understands "ESC [ digits ; m" only: test inputs hold no other sequence.
  static View view_of(const std::string& text, int reading) {
    View view;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (reading > 0 && text.compare(i, 2, "\x1b[") == 0) {
        while (text[i] != 'm') ++i;
        continue;
      }
      if (reading > 0 && text[i] == '\r') continue;
      if (reading == 2 && text[i] == '\n') {
        while (i + 1 < text.size() &&
               (text[i + 1] == ' ' || text[i + 1] == '\t' || text[i + 1] == '\r' || text[i + 1] == '\n'))
          ++i;
        continue;
      }
      view.text += text[i];
      view.at.push_back(i);
    }
    return view;
  }

  void search(const View& view, int reading, std::vector<Interval>& found) const {
    const auto word = [&view](std::size_t at) {
      return at < view.text.size() && deployctl::is_letter_or_digit(view.text[at]);
    };
    for (const auto& [name, form] : forms_) {
      if (form.on_boundaries && reading == 2) continue;
      for (std::size_t at = view.text.find(form.text); at != std::string::npos;
           at = view.text.find(form.text, at + 1)) {
        const std::size_t end = at + form.text.size();
        const bool touches = (word(at) && at > 0 && word(at - 1)) || (word(end - 1) && word(end));
        if (!form.on_boundaries || !touches) found.push_back({view.at[at], view.at[end - 1] + 1, name});
      }
    }
    search_tail(view, found);
  }

  // The longest end of the text that begins a form, not whole, with at least 8 bytes and half of the form.
  void search_tail(const View& view, std::vector<Interval>& found) const {
    for (std::size_t at = 0; at + 8 <= view.text.size(); ++at) {
      const std::string tail = view.text.substr(at);
      const bool begins = std::any_of(forms_.begin(), forms_.end(), [&](const Form& form) {
        return form.form.text.size() > tail.size() && form.form.text.starts_with(tail);
      });
      if (!begins) continue;
      const Form* shortest = nullptr;
      for (const Form& form : forms_)
        if (form.form.text.starts_with(tail) &&
            (!shortest || form.form.text.size() < shortest->form.text.size()))
          shortest = &form;
      if (2 * tail.size() < shortest->form.text.size()) continue;
      found.push_back({view.at[at], view.at.back() + 1, shortest->name});
      return;
    }
  }

  static std::string replace(const std::string& text, std::vector<Interval> found) {
    std::sort(found.begin(), found.end(), [](const Interval& a, const Interval& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    std::string out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < found.size();) {
      const Interval& first = found[i];
      std::size_t end = first.end;
      for (++i; i < found.size() && found[i].begin < end; ++i) end = std::max(end, found[i].end);
      out += text.substr(at, first.begin - at) + "[secret:" + first.name + "]";
      at = end;
    }
    return out + text.substr(at);
  }

  std::vector<Form> forms_;
};
