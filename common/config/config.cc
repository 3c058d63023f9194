// SPDX-License-Identifier: Apache-2.0
#include "common/config/config.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"

namespace eid {
namespace {

constexpr size_t kMaxFile = 1024 * 1024;

class Errors : public google::protobuf::io::ErrorCollector {
 public:
  explicit Errors(absl::string_view source) : source_(source) {}

  // The parser counts from 0, editors from 1. It has no place (-1) for what is missing.
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    texts_.push_back(line < 0
                         ? absl::StrCat(source_, ": ", message)
                         : absl::StrCat(source_, ":", line + 1, ":", column + 1, ": ", message));
  }
  void AddWarning(int line, google::protobuf::io::ColumnNumber column,
                  const std::string& message) override {
    AddError(line, column, message);
  }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  const std::string source_;
  std::vector<std::string> texts_;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  std::string text(kMaxFile + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  }
  if (text.size() > kMaxFile) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": longer than 1 MiB"));
  }
  return text;
}

}  // namespace

absl::Status ParseTextProto(absl::string_view text, absl::string_view source,
                            google::protobuf::Message& message) {
  Errors errors(source);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  const bool parsed = parser.Parse(&input, &message);
  if (parsed && errors.texts().empty()) return absl::OkStatus();
  if (errors.texts().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": is not text format"));
  }
  return absl::InvalidArgumentError(absl::StrJoin(errors.texts(), "\n"));
}

absl::Status LoadTextProto(const std::string& path, google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParseTextProto(text, path, message);
}

}  // namespace eid
