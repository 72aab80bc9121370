# SPDX-License-Identifier: Apache-2.0
# Outside libraries, all from Debian packages; each is linked by the rooms that src/CMakeLists.txt names and by no other.
include("${CMAKE_CURRENT_LIST_DIR}/parser_libraries.cmake")
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs)

# The formats that Radfuse reads, and no others: every further reader is a way in for a hostile file.
find_package(ITK REQUIRED COMPONENTS ITKCommon ITKIOImageBase ITKIONIFTI ITKIONRRD ITKIOMeta)
add_library(radfuse_itk INTERFACE)
target_include_directories(radfuse_itk SYSTEM INTERFACE ${ITK_INCLUDE_DIRS})
target_link_libraries(radfuse_itk INTERFACE ${ITK_LIBRARIES})

add_library(radfuse_dcmtk INTERFACE)
target_include_directories(radfuse_dcmtk SYSTEM INTERFACE ${DCMTK_INCLUDE_DIRS})
target_link_libraries(radfuse_dcmtk INTERFACE ${DCMTK_LIBRARIES})

add_library(radfuse_openjpeg INTERFACE)
target_include_directories(radfuse_openjpeg SYSTEM INTERFACE ${OPENJPEG_INCLUDE_DIR})
target_link_libraries(radfuse_openjpeg INTERFACE ${OPENJPEG_LIBRARY})

# Debian's LibTorch, or any later one through CMAKE_PREFIX_PATH. A Python wheel names its share/cmake there; without the
# folder above it, its own search would find its headers and Debian's library.
foreach(folder ${CMAKE_PREFIX_PATH})
  if(EXISTS "${folder}/Torch/TorchConfig.cmake")
    get_filename_component(torch_root "${folder}/../.." ABSOLUTE)
    list(PREPEND CMAKE_PREFIX_PATH "${torch_root}")
  endif()
endforeach()
find_package(Torch REQUIRED)
add_library(radfuse_torch INTERFACE)
target_include_directories(radfuse_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
target_link_libraries(radfuse_torch INTERFACE ${TORCH_LIBRARIES})

find_library(XGBOOST_LIBRARY xgboost REQUIRED)
find_path(XGBOOST_INCLUDE_DIR xgboost/c_api.h REQUIRED)
add_library(radfuse_xgboost INTERFACE)
target_include_directories(radfuse_xgboost SYSTEM INTERFACE ${XGBOOST_INCLUDE_DIR})
target_link_libraries(radfuse_xgboost INTERFACE ${XGBOOST_LIBRARY})
file(STRINGS "${XGBOOST_INCLUDE_DIR}/xgboost/version_config.h" xgboost_numbers REGEX "define XGBOOST_VER_")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+).*" "\\1.\\2.\\3" XGBOOST_VERSION "${xgboost_numbers}")
