; The setup program: for the user who runs it, without rights of an administrator.
; VERSION and RELEASE come from the Makefile, the programs from dist/windows.
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 64 ; both programs in one window: the second costs almost nothing
RequestExecutionLevel user
ManifestDPIAware true
ManifestLongPathAware true

!include MUI2.nsh
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define APP "Software\Microsoft\Windows\CurrentVersion\App Paths\mapiscope.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Mapiscope"

Name "Mapiscope"
OutFile "dist/mapiscope-${VERSION}-setup.exe"
InstallDir "$LOCALAPPDATA\Programs\Mapiscope"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
VIProductVersion "${RELEASE}.0"
VIAddVersionKey "ProductName" "Mapiscope"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${RELEASE}"
VIAddVersionKey "FileDescription" "Setup of Mapiscope"
VIAddVersionKey "CompanyName" "The Mapiscope authors"
VIAddVersionKey "LegalCopyright" "The Mapiscope authors, Apache License 2.0"

!define MUI_ICON "assets/icons/app.ico"
!define MUI_UNICON "assets/icons/app.ico"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\mapiscopew.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString PROGRAM ${LANG_ENGLISH} "Mapiscope"
LangString PROGRAM ${LANG_GERMAN} "Mapiscope"
LangString STARTUP ${LANG_ENGLISH} "Start with Windows"
LangString STARTUP ${LANG_GERMAN} "Mit Windows starten"
LangString DATA ${LANG_ENGLISH} "Settings and history too"
LangString DATA ${LANG_GERMAN} "Auch Einstellungen und Verlauf"

; A program that runs cannot be replaced; those of other users are left alone.
!macro EndPrograms
  ReadEnvStr $1 USERNAME
  nsExec::Exec 'taskkill /F /FI "USERNAME eq $1" /IM mapiscopew.exe /IM mapiscope.exe'
  Pop $0
!macroend

Section "$(PROGRAM)"
  SectionIn RO
  !insertmacro EndPrograms
  SetOutPath "$INSTDIR"
  File dist/windows/mapiscope.exe
  File dist/windows/mapiscopew.exe
  File dist/windows/LICENSE.txt
  File dist/windows/THIRD-PARTY.txt
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Mapiscope.lnk" "$INSTDIR\mapiscopew.exe"
  WriteRegStr HKCU "${APP}" "" "$INSTDIR\mapiscope.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Mapiscope"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\mapiscopew.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Mapiscope authors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

; Off unless it is ticked; the value is the one that "mapiscope autostart" reads and
; writes, so an update leaves it as the user has it.
Section /o "$(STARTUP)"
  WriteRegStr HKCU "${RUN}" "Mapiscope" '"$INSTDIR\mapiscopew.exe" tray'
SectionEnd

Section "un.$(PROGRAM)"
  SectionIn RO
  !insertmacro EndPrograms
  Delete "$INSTDIR\mapiscope.exe"
  Delete "$INSTDIR\mapiscopew.exe"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\THIRD-PARTY.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Mapiscope.lnk"
  DeleteRegValue HKCU "${RUN}" "Mapiscope"
  DeleteRegValue HKCU "${APPROVED}" "Mapiscope"
  DeleteRegKey HKCU "${APP}"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd

Section /o "un.$(DATA)"
  RMDir /r "$APPDATA\mapiscope"
  RMDir /r "$LOCALAPPDATA\mapiscope"
SectionEnd
