# Janus as Parley needs it, with the configuration of deploy/janus.
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends janus \
 && rm -rf /var/lib/apt/lists/*
COPY janus/*.jcfg /usr/share/parley/
COPY docker/start-janus.sh /usr/local/bin/start-janus
RUN chmod +x /usr/local/bin/start-janus && mkdir /conf && chown nobody: /conf
USER nobody
EXPOSE 8188
CMD ["start-janus"]
