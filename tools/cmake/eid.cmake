# SPDX-License-Identifier: Apache-2.0
# The few functions that every CMakeLists.txt of the project is written with.

# Warnings, standard and hardening for our own code; never for generated code.
add_library(eid_options INTERFACE)
target_compile_features(eid_options INTERFACE cxx_std_20)
target_include_directories(eid_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(eid_options INTERFACE
  -Wall -Wextra -Werror -Wno-missing-field-initializers -Werror=unused-result)
if(EID_HARDEN)
  target_compile_definitions(eid_options INTERFACE _FORTIFY_SOURCE=2)
  target_compile_options(eid_options INTERFACE
    -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE)
  target_link_options(eid_options INTERFACE -pie -Wl,-z,relro -Wl,-z,now)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(eid_options INTERFACE -Wthread-safety)
endif()

# eid_library(<target> SOURCES ... DEPS ...)
function(eid_library target)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    target_link_libraries(${target} PUBLIC eid_options ${ARG_DEPS})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE eid_options ${ARG_DEPS})
  endif()
endfunction()

# eid_program(<target> SOURCES ... DEPS ...)
# The target eid_programs is all of them: what runs, without the tests.
add_custom_target(eid_programs)
function(eid_program target)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE eid_options ${ARG_DEPS})
  if(NOT EID_SANITIZE)
    target_link_libraries(${target} PRIVATE PkgConfig::JEMALLOC)
  endif()
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  add_dependencies(eid_programs ${target})
endfunction()

# The target eid_threads_tests is all programs with the label threads: what ThreadSanitizer runs.
add_custom_target(eid_threads_tests)
# eid_test(<target> SOURCES ... DEPS ... [LABELS unit])
# One Catch2 program, one ctest entry: starting a program costs more than a test.
function(eid_test target)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE eid_options eid_testing ${ARG_DEPS})
  add_test(NAME ${target} COMMAND ${target})
  if(threads IN_LIST ARG_LABELS)
    add_dependencies(eid_threads_tests ${target})
  endif()
  set_tests_properties(${target} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# eid_proto_library(<target> ROOT <dir> [GRPC] FILES <path below ROOT>... [DEPS <proto targets>])
# The include path of a generated header is the path of the .proto below ROOT.
# Builds for fuzzing and for ThreadSanitizer have no stubs: what they test knows no gRPC.
function(eid_proto_library target)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "FILES;DEPS" ${ARGN})
  if(EID_SANITIZE MATCHES "fuzzer|thread")
    set(ARG_GRPC FALSE)
  endif()
  set(out ${PROJECT_BINARY_DIR}/gen)
  set(sources)
  foreach(file IN LISTS ARG_FILES)
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(generated ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(options --cpp_out=${out})
    set(grpc)
    # A file with no service needs no stubs.
    file(STRINGS ${ARG_ROOT}/${file} has_service REGEX "^service ")
    if(ARG_GRPC AND has_service)
      list(APPEND generated ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      list(APPEND options --grpc_out=${out}
        --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    endif()
    add_custom_command(OUTPUT ${generated}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
      COMMAND protobuf::protoc ${options} -I ${ARG_ROOT} -I ${PROJECT_SOURCE_DIR}/protos ${ARG_ROOT}/${file}
      DEPENDS ${ARG_ROOT}/${file} VERBATIM)
    list(APPEND sources ${generated})
  endforeach()
  add_library(${target} STATIC ${sources})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -O1 -g0 -w)
  if(EID_SANITIZE MATCHES fuzzer)
    # What protobuf made is not what is looked for, and its branches would drown ours.
    target_compile_options(${target} PRIVATE -fno-sanitize=fuzzer-no-link)
  endif()
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  if(ARG_GRPC)
    target_link_libraries(${target} PUBLIC gRPC::grpc++)
  endif()
endfunction()
