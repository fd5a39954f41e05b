#!/bin/sh
# Installs Debian's programs that the tests use as peers, when this user may; says what will be skipped otherwise.
missing=""
for pair in chromium:chromium xmlsec1:xmlsec1 openssl:openssl; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
openssl engine gost >/dev/null 2>&1 || missing="$missing libengine-gost-openssl"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's$missing for the tests"
    # shellcheck disable=SC2086
    if (apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing fonts-dejavu-core) >/dev/null 2>&1; then
        exit 0
    fi
    echo "They could not be installed."
fi
echo "Not on this machine:$missing. Tests that need them are skipped, each with its reason."
