// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/reflection.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace eid::rpc {
namespace {

namespace pb = google::protobuf;

const pb::DescriptorPool& Pool() { return *pb::DescriptorPool::generated_pool(); }

// The file that declares a service, method, message, field, enum, value or extension.
const pb::FileDescriptor* FileOf(const std::string& symbol) {
  return Pool().FindFileContainingSymbol(symbol);
}

// A file after everything that it imports, without what the stream has had before.
void AddWithImports(const pb::FileDescriptor& file,
                    absl::flat_hash_set<const pb::FileDescriptor*>& sent,
                    std::vector<std::string>& out) {
  if (!sent.insert(&file).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddWithImports(*file.dependency(i), sent, out);
  }
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);
  file.CopyJsonNameTo(&proto);  // clients print and read JSON by it
  out.push_back(proto.SerializeAsString());
}

// One stream of questions and answers, each answered at once.
template <class Request, class Response>
class ReflectionReactor final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  explicit ReflectionReactor(const std::vector<std::string>& services) : services_(services) {
    this->StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::OK);
    response_.Clear();
    Answer();
    response_.set_valid_host(request_.host());
    *response_.mutable_original_request() = std::move(request_);
    this->StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status(grpc::StatusCode::CANCELLED, ""));
    request_.Clear();
    this->StartRead(&request_);
  }

  void OnDone() override { delete this; }

 private:
  void Answer() {
    switch (request_.message_request_case()) {
      case Request::kFileByFilename:
        return AnswerFile(Pool().FindFileByName(request_.file_by_filename()));
      case Request::kFileContainingSymbol:
        return AnswerFile(FileOf(request_.file_containing_symbol()));
      case Request::kFileContainingExtension: {
        const auto& wanted = request_.file_containing_extension();
        const auto* type = Pool().FindMessageTypeByName(wanted.containing_type());
        const auto* field = type == nullptr
                                ? nullptr
                                : Pool().FindExtensionByNumber(type, wanted.extension_number());
        return AnswerFile(field == nullptr ? nullptr : field->file());
      }
      case Request::kAllExtensionNumbersOfType:
        return AnswerExtensions(request_.all_extension_numbers_of_type());
      case Request::kListServices:
        for (const std::string& name : services_) {
          response_.mutable_list_services_response()->add_service()->set_name(name);
        }
        return;
      case Request::MESSAGE_REQUEST_NOT_SET:
        return AnswerError(grpc::StatusCode::INVALID_ARGUMENT, "nothing asked");
    }
    AnswerError(grpc::StatusCode::UNIMPLEMENTED, "not a question of this version");
  }

  void AnswerFile(const pb::FileDescriptor* file) {
    if (file == nullptr) return AnswerError(grpc::StatusCode::NOT_FOUND, "not found");
    std::vector<std::string> files;
    // What a client asks for by name it gets, even when it had it before.
    sent_.erase(file);
    AddWithImports(*file, sent_, files);
    auto* answer = response_.mutable_file_descriptor_response();
    for (auto it = files.rbegin(); it != files.rend(); ++it) {
      answer->add_file_descriptor_proto(std::move(*it));
    }
  }

  void AnswerExtensions(const std::string& name) {
    const auto* type = Pool().FindMessageTypeByName(name);
    if (type == nullptr) return AnswerError(grpc::StatusCode::NOT_FOUND, "not found");
    std::vector<const pb::FieldDescriptor*> extensions;
    Pool().FindAllExtensions(type, &extensions);
    auto* answer = response_.mutable_all_extension_numbers_response();
    answer->set_base_type_name(name);
    for (const auto* extension : extensions) answer->add_extension_number(extension->number());
  }

  void AnswerError(grpc::StatusCode code, const char* message) {
    auto* error = response_.mutable_error_response();
    error->set_error_code(code);
    error->set_error_message(message);
  }

  const std::vector<std::string>& services_;
  absl::flat_hash_set<const pb::FileDescriptor*> sent_;
  Request request_;
  Response response_;
};

template <class Service, class Request, class Response>
class Reflection final : public Service::CallbackService {
 public:
  explicit Reflection(std::vector<std::string> services) : services_(std::move(services)) {}

  grpc::ServerBidiReactor<Request, Response>* ServerReflectionInfo(
      grpc::CallbackServerContext*) override {
    return new ReflectionReactor<Request, Response>(services_);
  }

 private:
  const std::vector<std::string> services_;
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeReflection(std::vector<std::string> services) {
  namespace v1 = grpc::reflection::v1;
  namespace v1alpha = grpc::reflection::v1alpha;
  services.push_back("grpc.health.v1.Health");
  services.push_back(v1::ServerReflection::service_full_name());
  services.push_back(v1alpha::ServerReflection::service_full_name());
  std::vector<std::unique_ptr<grpc::Service>> made;
  made.push_back(std::make_unique<Reflection<v1::ServerReflection, v1::ServerReflectionRequest,
                                             v1::ServerReflectionResponse>>(services));
  made.push_back(
      std::make_unique<Reflection<v1alpha::ServerReflection, v1alpha::ServerReflectionRequest,
                                  v1alpha::ServerReflectionResponse>>(services));
  return made;
}

}  // namespace eid::rpc
