#!/bin/sh
# Installs Debian's Chromium for the browser tests when this user may; otherwise says that they will be skipped.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's chromium for the browser tests"
    if (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core) >/dev/null 2>&1; then
        exit 0
    fi
    echo "chromium could not be installed: the browser tests will be skipped"
else
    echo "chromium is not installed: the browser tests will be skipped (install your system's chromium to run them)"
fi
