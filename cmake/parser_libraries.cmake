# SPDX-License-Identifier: Apache-2.0
# What the rooms that parse files from outside link: the program needs it, and so do the fuzz targets (tests/fuzz).
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(fmt REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost REQUIRED)
find_package(ZLIB REQUIRED)
find_package(JPEG REQUIRED)
find_package(TIFF REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(DCMTK REQUIRED)
# JPEG 2000, which DCMTK does not read.
find_library(OPENJPEG_LIBRARY openjp2 REQUIRED)
find_path(OPENJPEG_INCLUDE_DIR openjpeg.h PATH_SUFFIXES openjpeg-2.5 openjpeg-2.6 REQUIRED)
