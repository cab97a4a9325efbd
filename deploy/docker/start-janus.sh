#!/bin/sh
# Puts what is set in place of @…@ in the configuration, and becomes Janus.
set -eu
for file in /usr/share/parley/*.jcfg; do
  sed -e "s|@API_SECRET@|$API_SECRET|; s|@ADMIN_KEY@|$ADMIN_KEY|; s|@PUBLIC_IP@|$PUBLIC_IP|" \
    -e "s|# ws_ip = .*|ws_ip = \"$WS_IP\"|; s|# ice_enforce_list = .*|ice_enforce_list = \"$MACHINE_IP\"|" "$file" > "/conf/$(basename "$file")"
done
# -F and not -C: with -C alone Janus reads the other files from /etc/janus.
exec janus -F /conf
