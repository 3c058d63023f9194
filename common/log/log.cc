// SPDX-License-Identifier: Apache-2.0
#include "common/log/log.h"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/log/json.h"

namespace eid {
namespace {

// A longer text is cut: one line must not flood the log.
constexpr size_t kMaxText = 16 * 1024;

absl::string_view Name(Severity severity) {
  switch (severity) {
    case Severity::kInfo: return "INFO";
    case Severity::kWarning: return "WARNING";
    case Severity::kError: return "ERROR";
    case Severity::kFatal: return "FATAL";
  }
  return "ERROR";
}

// "2026-01-31T12:00:00.000Z". Most lines of a thread share their second with the one before, and
// working out a date costs more than the rest of a line.
std::string TimeText(absl::Time now) {
  struct Second {
    int64_t number = -1;
    char text[32] = "";
  };
  thread_local Second last;
  const int64_t millis = absl::ToUnixMillis(now);
  if (millis / 1000 != last.number) {
    last.number = millis / 1000;
    const std::string text = absl::FormatTime(
        "%Y-%m-%d%ET%H:%M:%S", absl::FromUnixSeconds(last.number), absl::UTCTimeZone());
    last.text[text.copy(last.text, sizeof last.text - 1)] = '\0';
  }
  return absl::StrCat(last.text, ".", absl::Dec(millis % 1000, absl::kZeroPad3), "Z");
}

std::string Begin(Severity severity) {
  std::string line;
  // Most are no longer than that.
  line.reserve(384);
  absl::StrAppend(&line, "{\"time\":\"", TimeText(Clock::Real().TimeNow()), "\",\"severity\":\"",
                  Name(severity), "\"");
  return line;
}

void AppendField(std::string& line, absl::string_view key, const LogValue& value) {
  line.push_back(',');
  AppendJsonString(line, key);
  line.push_back(':');
  value.AppendTo(line);
}

// A log that cannot be written must not stop the service, so errors end here.
void Finish(Severity severity, std::string line) {
  line += "}\n";
  absl::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    rest.remove_prefix(static_cast<size_t>(written));
  }
  if (severity == Severity::kFatal) std::abort();
}

// The path from the repository's root, whatever path the compiler was given.
absl::string_view FromRoot(absl::string_view file) {
  const absl::string_view self = __FILE__;
  const absl::string_view name = "common/log/log.cc";
  if (!absl::EndsWith(self, name)) return file;
  const absl::string_view root = self.substr(0, self.size() - name.size());
  if (absl::StartsWith(file, root)) file.remove_prefix(root.size());
  return file;
}

}  // namespace

void LogValue::AppendTo(std::string& out) const {
  if (const auto* text = absl::get_if<absl::string_view>(&value_)) {
    AppendJsonString(out, text->substr(0, kMaxText));
  } else if (const auto* fraction = absl::get_if<double>(&value_)) {
    absl::StrAppend(&out, std::isfinite(*fraction) ? absl::StrCat(*fraction) : "null");
  } else if (const auto* truth = absl::get_if<bool>(&value_)) {
    out += *truth ? "true" : "false";
  } else if (const auto* whole = absl::get_if<int64_t>(&value_)) {
    absl::StrAppend(&out, *whole);
  } else {
    absl::StrAppend(&out, absl::get<uint64_t>(value_));
  }
}

void LogEvent(Severity severity, absl::string_view event, absl::Span<const LogField> fields) {
  std::string line = Begin(severity);
  AppendField(line, "event", event);
  for (const LogField& field : fields) AppendField(line, field.key, field.value);
  Finish(severity, std::move(line));
}

void LogEvent(Severity severity, absl::string_view event, std::initializer_list<LogField> fields) {
  LogEvent(severity, event, absl::MakeConstSpan(fields.begin(), fields.size()));
}

namespace log_internal {

Line::~Line() {
  std::string line = Begin(severity_);
  AppendField(line, "file", absl::StrCat(FromRoot(file_), ":", line_));
  AppendField(line, "message", stream_.str());
  Finish(severity_, std::move(line));
}

}  // namespace log_internal
}  // namespace eid
