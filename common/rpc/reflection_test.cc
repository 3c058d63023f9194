// SPDX-License-Identifier: Apache-2.0
#include "common/rpc/reflection.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "common/rpc/testing/echo_rpc.h"
#include "common/rpc/testing/wire.h"
#include "common/testing/matchers.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace eid::rpc {
namespace {

namespace v1 = grpc::reflection::v1;
namespace v1alpha = grpc::reflection::v1alpha;
using testing::CallOfPublic;
using testing::ContextOf;

struct World {
  std::vector<std::unique_ptr<grpc::Service>> services = MakeReflection({testing::kEcho});
  testing::InProcess server{{services[0].get(), services[1].get()}};
};

// One stream, question by question.
template <class Service, class Request, class Response>
struct Asking {
  explicit Asking(World& world)
      : stub(Service::NewStub(world.server.channel())),
        context(ContextOf(CallOfPublic())),
        stream(stub->ServerReflectionInfo(context.get())) {}
  Response Ask(const Request& request) {
    REQUIRE(stream->Write(request));
    Response response;
    REQUIRE(stream->Read(&response));
    return response;
  }
  std::unique_ptr<typename Service::Stub> stub;
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream;
};
using AskingV1 =
    Asking<v1::ServerReflection, v1::ServerReflectionRequest, v1::ServerReflectionResponse>;

// Names of the files of an answer, in its order.
template <class Response>
std::vector<std::string> Files(const Response& response) {
  std::vector<std::string> names;
  for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
    google::protobuf::FileDescriptorProto file;
    REQUIRE(file.ParseFromString(bytes));
    names.push_back(file.name());
  }
  return names;
}

TEST_CASE("the services are listed, in both versions of reflection") {
  World world;
  std::vector<std::string> names;
  {
    AskingV1 asking(world);
    v1::ServerReflectionRequest request;
    request.set_list_services("");
    const v1::ServerReflectionResponse response = asking.Ask(request);
    for (const auto& service : response.list_services_response().service()) {
      names.push_back(service.name());
    }
  }
  CHECK(names == std::vector<std::string>{testing::kEcho, "grpc.health.v1.Health",
                                          "grpc.reflection.v1.ServerReflection",
                                          "grpc.reflection.v1alpha.ServerReflection"});
  Asking<v1alpha::ServerReflection, v1alpha::ServerReflectionRequest,
         v1alpha::ServerReflectionResponse>
      old(world);
  v1alpha::ServerReflectionRequest request;
  request.set_list_services("");
  CHECK(old.Ask(request).list_services_response().service_size() == 4);
}

TEST_CASE("a symbol's file comes first, with all that it imports, once per stream") {
  World world;
  AskingV1 asking(world);
  v1::ServerReflectionRequest request;
  request.set_host("here");
  for (const char* symbol : {"rpctest.v1.EchoService", "rpctest.v1.EchoService.Say",
                             "rpctest.v1.Echo", "rpctest.v1.Echo.text"}) {
    INFO(symbol);
    request.set_file_containing_symbol(symbol);
    AskingV1 fresh(world);
    const auto response = fresh.Ask(request);
    const std::vector<std::string> files = Files(response);
    REQUIRE(files.size() == 3);
    CHECK(files[0] == "common/rpc/testing/echo.proto");
    CHECK(response.valid_host() == "here");
    CHECK(response.original_request().file_containing_symbol() == symbol);
  }
  request.set_file_containing_symbol("rpctest.v1.Echo");
  CHECK(Files(asking.Ask(request)).size() == 3);
  CHECK(Files(asking.Ask(request)).size() == 1);
  request.set_file_by_filename("eid/policy/v1/policy.proto");
  CHECK(Files(asking.Ask(request)) == std::vector<std::string>{"eid/policy/v1/policy.proto"});
}

TEST_CASE("extensions are found") {
  World world;
  AskingV1 asking(world);
  v1::ServerReflectionRequest request;
  request.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
  request.mutable_file_containing_extension()->set_extension_number(50101);
  CHECK(Files(asking.Ask(request))[0] == "eid/policy/v1/policy.proto");
  request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  const auto response = asking.Ask(request);
  CHECK(response.all_extension_numbers_response().extension_number(0) == 50101);
}

TEST_CASE("what is not there is an error, and the stream goes on") {
  World world;
  AskingV1 asking(world);
  v1::ServerReflectionRequest request;
  request.set_file_containing_symbol("no.such.Symbol");
  CHECK(asking.Ask(request).error_response().error_code() == grpc::StatusCode::NOT_FOUND);
  request.set_file_by_filename("no/such.proto");
  CHECK(asking.Ask(request).error_response().error_code() == grpc::StatusCode::NOT_FOUND);
  request.mutable_file_containing_extension()->set_containing_type("no.such.Type");
  CHECK(asking.Ask(request).error_response().error_code() == grpc::StatusCode::NOT_FOUND);
  request.set_all_extension_numbers_of_type("no.such.Type");
  CHECK(asking.Ask(request).error_response().error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK(asking.Ask({}).error_response().error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  asking.stream->WritesDone();
  CHECK(asking.stream->Finish().ok());
}

}  // namespace
}  // namespace eid::rpc
