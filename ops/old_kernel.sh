#!/bin/sh
# `make old-kernel`: the portal in Chromium 88, the oldest that npm's registry still has (AUTH-21: 360 极速浏览器 on Windows 7 is of 86). Takes 45 MB.
set -eu
cd "$(dirname "$0")/.."
folder=$PWD/var/old-kernel
mkdir -p "$folder"
if [ ! -x "$folder/chromium" ]; then
    npm pack --silent --pack-destination "$folder" chrome-aws-lambda@5.5.0
    tar -xf "$folder/chrome-aws-lambda-5.5.0.tgz" -C "$folder" package/bin
    for part in aws.tar swiftshader.tar chromium; do
        node -e 'const [, from, to] = process.argv; const fs = require("fs")
            fs.writeFileSync(to, require("zlib").brotliDecompressSync(fs.readFileSync(from)))' "$folder/package/bin/$part.br" "$folder/$part"
    done
    tar -xf "$folder/aws.tar" -C "$folder"
    tar -xf "$folder/swiftshader.tar" -C "$folder"
    chmod +x "$folder/chromium"
    rm -rf "$folder/package" "$folder"/*.tar "$folder"/*.tgz
fi
LD_LIBRARY_PATH=$folder/lib CHROMIUM=$folder/chromium CHROMIUM_ARGUMENTS='--headless --single-process --no-zygote' \
    .venv/bin/python -m pytest -q tests/browser/test_sign_in_page.py tests/browser/test_portal.py
