# Lint, format, types and walls; sourced by check and test from the repository's root.
lint() {
    echo "== ruff"
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    echo "== mypy"
    .venv/bin/mypy
    echo "== import-linter"
    .venv/bin/lint-imports
}
