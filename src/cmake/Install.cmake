# What `cmake --install` puts where: the binary, completions where the shells look for them, and the manual.
include(GNUInstallDirs)
if(TARGET deployctl)
  install(TARGETS deployctl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES completions/deployctl.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME deployctl)
install(FILES completions/deployctl.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _deployctl)
install(FILES completions/deployctl.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# Compressed at configure time, without a time stamp: equal sources give equal packages.
function(deployctl_compressed source name directory)
  set(packed ${PROJECT_BINARY_DIR}/compressed/${name}.gz)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/compressed)
  execute_process(COMMAND gzip -9nc ${source} OUTPUT_FILE ${packed} COMMAND_ERROR_IS_FATAL ANY)
  install(FILES ${packed} DESTINATION ${directory})
endfunction()

file(GLOB manual_pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.[15])
foreach(page IN LISTS manual_pages)
  get_filename_component(file ${page} NAME)
  string(REGEX REPLACE ".*\\." "" chapter ${file})
  deployctl_compressed(${page} ${file} ${CMAKE_INSTALL_MANDIR}/man${chapter})
endforeach()
