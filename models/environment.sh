# The recipes' environment; sourced by programs here from the repository's root.

say() { printf 'models: %s\n' "$*" >&2; }

# Prints the Python of an environment with everything that the recipes need, making it if need be.
models_python() {
    local files=(models/render/requirements.txt models/train/requirements.txt)
    local hash env
    if [ -n "${FANLIGHT_MODELS_ENV:-}" ]; then
        echo "$FANLIGHT_MODELS_ENV/bin/python"
        return
    fi
    hash=$(cat "${files[@]}" models/environment.sh | sha256sum | cut -c1-12)
    env=${XDG_CACHE_HOME:-$HOME/.cache}/fanlight/models-$hash
    if [ ! -f "$env/fanlight-setup" ]; then
        say "making $env (a few minutes, once)"
        rm -rf "$env"
        "${FANLIGHT_PYTHON:-python3.11}" -m venv "$env" >&2
        "$env/bin/pip" install --quiet --disable-pip-version-check --no-input \
            -r "${files[0]}" -r "${files[1]}" >&2 || {
            say "pip could not install everything: see above; is the package index reachable?"
            return 1
        }
        touch "$env/fanlight-setup"
    fi
    echo "$env/bin/python"
}

# Makes sure that pictures can be rendered without a display.
need_opengl() {
    local python=$1 may_install=$2
    local packages=(libegl1 libgl1-mesa-dri)
    if has_opengl "$python"; then return; fi
    if [ "$may_install" = --install ] && [ "$(id -u)" = 0 ]; then
        say "installing ${packages[*]}"
        apt-get -qq update >&2
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
            "${packages[@]}" >&2
        if has_opengl "$python"; then return; fi
    fi
    say "no OpenGL without a display: sudo apt-get install ${packages[*]}"
    return 1
}

has_opengl() {
    "$1" -c 'import moderngl; moderngl.create_context(standalone=True, backend="egl")' 2>/dev/null
}
