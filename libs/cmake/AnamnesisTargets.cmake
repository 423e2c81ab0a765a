# One function per kind of target. Each names its sources and what it depends on; warnings, sanitizers and include
# roots are the same for all and live here only.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

set(ANAMNESIS_SANITIZERS "" CACHE STRING "Comma-separated -fsanitize list: address,undefined or thread")
option(ANAMNESIS_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(ANAMNESIS_UNIT_TESTS_ONLY "Leave out tests that need gRPC, which reports falsely under the thread sanitizer" OFF)
option(ANAMNESIS_PRECOMPILE "Parse the headers of the libraries and contracts once, not for every file" OFF)

find_package(Threads REQUIRED)
find_package(absl REQUIRED)
set(Protobuf_USE_STATIC_LIBS ON)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(benchmark CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(gmpxx REQUIRED IMPORTED_TARGET gmpxx)
pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)

# gRPC and Abseil are linked into the binaries, as Protocol Buffers and RocksDB are: in a shared library every call of one
# of its own functions goes through a table, which takes a tenth of an import's CPU. Debian's targets name the shared ones,
# whose archives lie beside them.
get_property(LIBRARIES DIRECTORY PROPERTY IMPORTED_TARGETS)
list(FILTER LIBRARIES INCLUDE REGEX "^(absl|gRPC)::")
foreach(LIBRARY IN LISTS LIBRARIES)
  get_target_property(SHARED ${LIBRARY} IMPORTED_LOCATION_NONE)
  string(REGEX REPLACE "[.]so[.0-9]*$" ".a" ARCHIVE "${SHARED}")
  if(EXISTS "${ARCHIVE}")
    set_target_properties(${LIBRARY} PROPERTIES IMPORTED_LOCATION_NONE "${ARCHIVE}")
  endif()
endforeach()

find_program(ANAMNESIS_CCACHE ccache)
if(ANAMNESIS_CCACHE)
  # The sloppiness is what ccache asks for before it keeps what was compiled with a precompiled header; it neither preprocesses
  # a file that has to be compiled anyway nor reads the precompiled header again for each.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=true
      CCACHE_INODECACHE=true ${ANAMNESIS_CCACHE})
endif()

add_library(anamnesis_options INTERFACE)
target_include_directories(anamnesis_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/libs)
target_compile_options(anamnesis_options INTERFACE -Wall -Wextra -Werror -Wno-missing-field-initializers)
if(ANAMNESIS_PRECOMPILE)  # With which GCC takes what it inlines of the standard library for ours, and has doubts about it.
  target_compile_options(anamnesis_options INTERFACE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
endif()
target_link_options(anamnesis_options INTERFACE -fuse-ld=mold)
target_link_libraries(anamnesis_options INTERFACE Threads::Threads)
if(ANAMNESIS_SANITIZERS)
  add_compile_options(-fsanitize=${ANAMNESIS_SANITIZERS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ANAMNESIS_SANITIZERS})
endif()
if(ANAMNESIS_FUZZ)  # What is fuzzed is in the libraries: without it libFuzzer sees only what enters them.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Generated code keeps its own warnings; ours are not weakened for it.
set(ANAMNESIS_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
get_target_property(ANAMNESIS_PROTOC protobuf::protoc IMPORTED_LOCATION)
if(NOT ANAMNESIS_PROTOC)
  set(ANAMNESIS_PROTOC ${Protobuf_PROTOC_EXECUTABLE})
endif()
find_program(ANAMNESIS_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# anamnesis_precompiled_headers(NAME [CONTRACTS] HEADERS … DEPS …): parses the headers named, and with CONTRACTS those of all
# contracts, which takes most of the time of most files. Our libraries, binaries and tests begin with one of them; generated
# messages, which include little, do not. Each file instantiates the templates that its header uses, for all contracts two
# seconds, so targets that use few (FEW_CONTRACTS) begin with one that has none. Under the other presets each file has only
# what it includes itself, so they show where an include was forgotten.
function(anamnesis_precompiled_headers NAME)
  if(NOT ANAMNESIS_PRECOMPILE)
    return()
  endif()
  cmake_parse_arguments(ARG "CONTRACTS" "" "HEADERS;DEPS" ${ARGN})
  set(CONTRACTS)
  if(ARG_CONTRACTS)
    get_property(CONTRACTS GLOBAL PROPERTY ANAMNESIS_CONTRACT_HEADERS)
  endif()
  list(TRANSFORM ARG_HEADERS REPLACE "(.+)" "<\\1>")
  add_library(${NAME} OBJECT ${PROJECT_SOURCE_DIR}/libs/cmake/precompiled.cc ${CONTRACTS})
  target_include_directories(${NAME} SYSTEM PRIVATE ${ANAMNESIS_GENERATED_DIR})
  target_link_libraries(${NAME} PRIVATE protobuf::libprotobuf gRPC::grpc++ ${ARG_DEPS})
  target_compile_options(${NAME} PRIVATE -pthread)
  target_precompile_headers(${NAME} PRIVATE ${ARG_HEADERS} ${CONTRACTS})
endfunction()

# For test code, which is not optimised: compiling it takes a third less time, and what it tests is what users run. Beside the
# sanitizers it is, as what it does costs several times as much there.
function(anamnesis_compile_fast TARGET)
  if(NOT ANAMNESIS_SANITIZERS)
    target_compile_options(${TARGET} PRIVATE -O0)
  endif()
endfunction()

# Lets a target begin with the precompiled header of KIND, library or test, whose flags it must share; with FEW_CONTRACTS true,
# with that which has no contracts. -fpch-preprocess is for ccache, where it has to preprocess after all.
function(anamnesis_precompiled_by TARGET KIND FEW_CONTRACTS)
  set(NAME precompiled_${KIND}_contracts)
  if(FEW_CONTRACTS)
    set(NAME precompiled_${KIND})
  endif()
  if(ANAMNESIS_PRECOMPILE)
    target_compile_options(${TARGET} PRIVATE -pthread -fpch-preprocess)
    target_precompile_headers(${TARGET} REUSE_FROM ${NAME})
  endif()
endfunction()

# anamnesis_proto_library(NAME [GRPC] [ROOT dir] PROTOS a/b.proto… DEPS …): generated messages, and client stubs with GRPC.
function(anamnesis_proto_library NAME)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "PROTOS;DEPS" ${ARGN})
  if(NOT ARG_ROOT)
    set(ARG_ROOT ${PROJECT_SOURCE_DIR}/protos)
  endif()
  set(SOURCES)
  foreach(PROTO IN LISTS ARG_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" STEM ${PROTO})
    set(OUT ${ANAMNESIS_GENERATED_DIR}/${STEM}.pb.cc ${ANAMNESIS_GENERATED_DIR}/${STEM}.pb.h)
    set(PLUGIN)
    if(ARG_GRPC AND PROTO MATCHES "_service\\.proto$|health\\.proto$")
      list(APPEND OUT ${ANAMNESIS_GENERATED_DIR}/${STEM}.grpc.pb.cc ${ANAMNESIS_GENERATED_DIR}/${STEM}.grpc.pb.h)
      set(PLUGIN --grpc_out=${ANAMNESIS_GENERATED_DIR} --plugin=protoc-gen-grpc=${ANAMNESIS_GRPC_CPP_PLUGIN})
    endif()
    add_custom_command(
      OUTPUT ${OUT}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${ANAMNESIS_GENERATED_DIR}
      COMMAND ${ANAMNESIS_PROTOC} --cpp_out=${ANAMNESIS_GENERATED_DIR} ${PLUGIN} -I ${ARG_ROOT} -I ${PROJECT_SOURCE_DIR}/protos
              ${ARG_ROOT}/${PROTO}
      DEPENDS ${ARG_ROOT}/${PROTO}
      COMMENT "protoc ${PROTO}")
    list(APPEND SOURCES ${OUT})
    set_property(GLOBAL APPEND PROPERTY ANAMNESIS_CONTRACT_HEADERS ${ANAMNESIS_GENERATED_DIR}/${STEM}.pb.h)
    set_source_files_properties(${ANAMNESIS_GENERATED_DIR}/${STEM}.pb.cc PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endforeach()
  add_library(${NAME} STATIC ${SOURCES})
  target_include_directories(${NAME} SYSTEM PUBLIC ${ANAMNESIS_GENERATED_DIR})
  target_link_libraries(${NAME} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  if(ARG_GRPC)
    target_link_libraries(${NAME} PUBLIC gRPC::grpc++)
  endif()
endfunction()

# anamnesis_library(NAME [FEW_CONTRACTS] SOURCES … DEPS …)
function(anamnesis_library NAME)
  cmake_parse_arguments(ARG "FEW_CONTRACTS" "" "SOURCES;DEPS" ${ARGN})
  add_library(${NAME} STATIC ${ARG_SOURCES})
  anamnesis_precompiled_by(${NAME} library ${ARG_FEW_CONTRACTS})
  target_link_libraries(${NAME} PUBLIC anamnesis_options ${ARG_DEPS})
endfunction()

# anamnesis_binary(NAME SOURCES … DEPS …): lands in build/<preset>/bin. Its allocator is jemalloc, with which an import takes a
# quarter less time, set up by libs/base/allocator.cc; the sanitizers bring their own.
function(anamnesis_binary NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  anamnesis_precompiled_by(${NAME} library FALSE)
  target_link_libraries(${NAME} PRIVATE anamnesis_options ${ARG_DEPS})
  if(NOT ANAMNESIS_SANITIZERS)
    target_link_libraries(${NAME} PRIVATE anamnesis_allocator PkgConfig::jemalloc)
  endif()
endfunction()

# anamnesis_test(NAME [NEEDS_GRPC] [FEW_CONTRACTS] [TIMEOUT seconds] SOURCES … DEPS …): one GoogleTest binary, one ctest entry of
# the same name.
function(anamnesis_test NAME)
  cmake_parse_arguments(ARG "NEEDS_GRPC;FEW_CONTRACTS" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(ARG_NEEDS_GRPC AND ANAMNESIS_UNIT_TESTS_ONLY)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(ANAMNESIS_SANITIZERS)  # With which everything takes several times as long.
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 4")
  endif()
  add_executable(${NAME} ${ARG_SOURCES})
  anamnesis_compile_fast(${NAME})
  anamnesis_precompiled_by(${NAME} test ${ARG_FEW_CONTRACTS})
  if(ANAMNESIS_SANITIZERS MATCHES "thread")
    target_sources(${NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/tsan_suppressions.cc)
  endif()
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_link_libraries(${NAME} PRIVATE anamnesis_options GTest::gmock GTest::gtest_main ${ARG_DEPS})
  add_test(NAME ${NAME} COMMAND ${NAME})
  set_tests_properties(${NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT
    "ANAMNESIS_SOURCE_DIR=${PROJECT_SOURCE_DIR};ANAMNESIS_BIN_DIR=${PROJECT_BINARY_DIR}/bin")
endfunction()

# anamnesis_benchmark(NAME SOURCES … DEPS …): built with everything, run by tests/bench/run.
function(anamnesis_benchmark NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ANAMNESIS_SANITIZERS)
    return()
  endif()
  anamnesis_binary(${NAME} SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS})
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
endfunction()

# anamnesis_fuzz_target(NAME SOURCE file CORPUS dir DEPS …): a libFuzzer binary under the fuzz preset; under the others the
# same entry point is linked to a driver that replays the corpus once, as a ctest entry.
function(anamnesis_fuzz_target NAME)
  cmake_parse_arguments(ARG "" "SOURCE;CORPUS" "DEPS" ${ARGN})
  if(ANAMNESIS_FUZZ)
    add_executable(${NAME} ${ARG_SOURCE})
    target_compile_options(${NAME} PRIVATE -fsanitize=fuzzer)
    target_link_options(${NAME} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${NAME} ${ARG_SOURCE} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_corpus_main.cc)
    anamnesis_precompiled_by(${NAME} library TRUE)
  endif()
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  target_link_libraries(${NAME} PRIVATE anamnesis_options ${ARG_DEPS})
  if(ANAMNESIS_FUZZ)
    add_test(NAME ${NAME} COMMAND ${NAME} -runs=0 ${ARG_CORPUS})
  else()
    add_test(NAME ${NAME} COMMAND ${NAME} ${ARG_CORPUS})
  endif()
endfunction()

# anamnesis_text_files(OUT file.cc HEADER path NAMESPACE name TYPE type FUNCTION name FILES pattern): makes OUT, which has the
# function of the header: the text of each file, by name. So the files are part of the program.
function(anamnesis_text_files)
  cmake_parse_arguments(ARG "" "OUT;HEADER;NAMESPACE;TYPE;FUNCTION;FILES" "" ${ARGN})
  file(GLOB TEXT_FILES CONFIGURE_DEPENDS ${ARG_FILES})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${TEXT_FILES})
  set(TEXTS "")
  foreach(TEXT_FILE IN LISTS TEXT_FILES)
    get_filename_component(TEXT_NAME ${TEXT_FILE} NAME)
    file(READ ${TEXT_FILE} TEXT)
    string(APPEND TEXTS "    {\"${TEXT_NAME}\", R\"text(${TEXT})text\"},\n")
  endforeach()
  configure_file(${PROJECT_SOURCE_DIR}/libs/cmake/text_files.cc.in ${CMAKE_CURRENT_BINARY_DIR}/${ARG_OUT} @ONLY)
endfunction()

# Makes default_tables.cc of the JSON files in `rules`: the tables that a new record of the service begins with.
function(anamnesis_rule_files SERVICE)
  anamnesis_text_files(OUT default_tables.cc HEADER services/${SERVICE}/rules/default_tables.h NAMESPACE ${SERVICE}
                       TYPE service::TableFile FUNCTION DefaultTableFiles FILES rules/*.json)
endfunction()
