# The sandbox as an image. It answers on port 8410; what follows the image's name goes to `mailproof mock`.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY spec spec
COPY mock mock
COPY conformance conformance
RUN python -m venv /opt/mailproof \
    && /opt/mailproof/bin/pip install --no-cache-dir --disable-pip-version-check '.[mock,postgres]'

FROM python:3.13-slim
# /data belongs to the user that the server runs as, and so does a volume that is mounted there for the first time.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin mailproof \
    && install --directory --owner=mailproof --mode=0700 /data
COPY --from=build /opt/mailproof /opt/mailproof
ENV PATH=/opt/mailproof/bin:$PATH \
    PYTHONUNBUFFERED=1
USER 10001
WORKDIR /data
EXPOSE 8410
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8410/_mailproof', timeout=4)"]
ENTRYPOINT ["mailproof", "mock", "--host", "0.0.0.0"]
