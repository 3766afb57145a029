# syntax=docker/dockerfile:1
# One image for every program: `docker run tallystick run writer`. Installs only wheels whose hash
# requirements.lock names; what the tests and linters need is downloaded and left behind.

FROM python:3.11.14-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# Changes seldom: stays in the layer cache until the lock changes.
COPY requirements.lock .
RUN pip download --quiet --require-hashes --only-binary :all: --dest /wheels -r requirements.lock
RUN pip install --quiet --no-index --find-links /wheels hatchling

COPY . .
RUN pip wheel --quiet --no-index --no-deps --no-build-isolation --wheel-dir /wheels .
RUN python -m venv /opt/tally \
    && /opt/tally/bin/pip install --quiet --no-index --find-links /wheels tallystick

FROM python:3.11.14-slim-trixie
RUN useradd --create-home --uid 10001 tally
COPY --from=build /opt/tally /opt/tally
ENV PATH=/opt/tally/bin:$PATH PYTHONUNBUFFERED=1
USER tally
WORKDIR /home/tally
# A new volume in its place belongs to whom the folder belongs.
RUN mkdir .tally
ENTRYPOINT ["tally"]
CMD ["--help"]
