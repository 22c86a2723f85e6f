#!/bin/sh
# Makes static/share.png, the picture shown where a page is shared, from share.svg; run it again when the SVG changes.
set -eu
cd "$(dirname "$0")"
browser=""
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then browser="$name"; break; fi
done
[ -n "$browser" ] || { echo "No Chromium found: see find_browser.sh." >&2; exit 1; }
"$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 \
    --window-size=1200,630 --screenshot="$PWD/../static/share.png" "file://$PWD/share.svg" 2>/dev/null
test -s ../static/share.png
