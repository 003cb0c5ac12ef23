"""The reference of `start`: a Flask application with one route and nothing else."""

from __future__ import annotations

import os

from flask import Flask

app = Flask(__name__)


@app.get("/readyz")
def ready() -> str:
    return "ok"


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
