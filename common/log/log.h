// SPDX-License-Identifier: Apache-2.0
// One JSON object per line on stderr, for a machine to collect and a person to read:
//   {"time":"2025-03-03T02:00:00.000Z","severity":"INFO","event":"store.open","rows":12}
//   {"time":"…","severity":"ERROR","file":"services/x/main.cc:40","message":"…"}
//
//   LOG(WARNING) << "peer " << name << " is away";
//   LogEvent(Severity::kInfo, "store.open", {{"rows", 12}, {"path", path}});
//   CHECK(index < size) << "index " << index;   // for bugs: logs FATAL and aborts
//   CHECK_OK(status);
//
// Personal numbers, phones, e-mails, passwords and tokens never go here. Thread-safe; each line is
// one write(2). In tests CHECK and CHECK_OK are Catch2's: so use them in .cc files, not in headers.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <sstream>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "absl/types/variant.h"

namespace eid {

enum class Severity { kInfo, kWarning, kError, kFatal };

// A string, a whole number, a fraction or a truth value. Strings are not copied.
class LogValue {
 public:
  LogValue(absl::string_view value) : value_(value) {}
  LogValue(const char* value) : value_(absl::string_view(value)) {}
  LogValue(const std::string& value) : value_(absl::string_view(value)) {}
  LogValue(double value) : value_(value) {}
  template <typename T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  LogValue(T value) {
    if constexpr (std::is_same_v<T, bool>) {
      value_ = value;
    } else if constexpr (std::is_signed_v<T>) {
      value_ = static_cast<int64_t>(value);
    } else {
      value_ = static_cast<uint64_t>(value);
    }
  }
  void AppendTo(std::string& out) const;

 private:
  absl::variant<absl::string_view, int64_t, uint64_t, double, bool> value_;
};

struct LogField {
  absl::string_view key;
  LogValue value;
};

// `event` is a lasting name for machines, like "rpc.done". kFatal aborts.
void LogEvent(Severity severity, absl::string_view event, absl::Span<const LogField> fields);
void LogEvent(Severity severity, absl::string_view event,
              std::initializer_list<LogField> fields = {});

namespace log_internal {

// Gathers one line; writes it when destroyed.
class Line {
 public:
  Line(Severity severity, const char* file, int line)
      : severity_(severity), file_(file), line_(line) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line();
  std::ostream& stream() { return stream_; }

 private:
  const Severity severity_;
  const char* const file_;
  const int line_;
  std::ostringstream stream_;
};

// Lets `CHECK(x) << …` be one void expression.
struct Voidify {
  void operator&(const std::ostream&) const {}
};

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

}  // namespace log_internal
}  // namespace eid

#define EID_LOG_LINE(severity) \
  ::eid::log_internal::Line(::eid::Severity::severity, __FILE__, __LINE__).stream()
#define EID_LOG_INFO EID_LOG_LINE(kInfo)
#define EID_LOG_WARNING EID_LOG_LINE(kWarning)
#define EID_LOG_ERROR EID_LOG_LINE(kError)
#define EID_LOG_FATAL EID_LOG_LINE(kFatal)
#define LOG(severity) EID_LOG_##severity

#ifndef CATCH_VERSION_MAJOR
#define CHECK(condition)     \
  (condition)                \
      ? static_cast<void>(0) \
      : ::eid::log_internal::Voidify() & EID_LOG_LINE(kFatal) << "check failed: " #condition " "
#define CHECK_OK(expression)                                                                \
  do {                                                                                      \
    const ::absl::Status eid_status = ::eid::log_internal::StatusOf((expression));          \
    if (!eid_status.ok()) EID_LOG_LINE(kFatal) << #expression ": " << eid_status.message(); \
  } while (false)
#endif
