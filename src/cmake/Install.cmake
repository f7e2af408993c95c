include(GNUInstallDirs)
if(TARGET deployctl)
  install(TARGETS deployctl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
