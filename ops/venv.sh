#!/bin/sh
# Makes .venv from a lock with hashes, and the program in it: sh ops/venv.sh LOCK. Safe to run again.
set -eu

lock=$1
folder=.venv

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# PYTHON may name the interpreter; else the first one that is new enough.
python=
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
    if command -v "$candidate" >/dev/null && fits "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo 'Python 3.11 or later is needed and was not found. Install it, or name it: make PYTHON=/path/to/python3.12' >&2
    exit 1
fi

# An environment that was moved, or whose Python is gone, is made anew.
if [ -e "$folder" ] && ! fits "$folder/bin/python"; then
    rm -rf "$folder"
fi
if ! [ -x "$folder/bin/pip" ]; then
    if ! "$python" -m venv "$folder" >/dev/null; then
        rm -rf "$folder"
        echo "$python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
    zh*) echo "正在把 $lock 装入 $folder，第一次需要一会儿" >&2 ;;
    *) echo "Installing $lock into $folder; the first time takes a while" >&2 ;;
esac
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_VIRTUALENV=1
# The lock names everything, so nothing is resolved: pip would look for newer releases of what is asked for with an extra.
"$folder/bin/python" -m pip install --quiet --require-hashes --no-deps --only-binary :all: -r "$lock"
"$folder/bin/python" -m pip install --quiet --no-index --no-deps --no-build-isolation \
    --config-settings editable_mode=compat --editable .
# An editable install is compiled at first use, or never where nothing may be written; this makes every start quick.
"$folder/bin/python" -m compileall -q app ledger projections scheduler ops || true
