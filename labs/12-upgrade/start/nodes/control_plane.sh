# The record: a service of the node, which lives through drains, kubelets and a dead API server.
mkdir -p /var/lib/labs /usr/local/lib/labs
rm -f /var/lib/labs/record /var/lib/labs/node
cat > /usr/local/lib/labs/record <<'SCRIPT'
#!/bin/bash
# A line a second: the time, and how many Pods of the ledger are ready, or - while the API server does not say.
# One more when the node, not this service alone, was started again.
node=$(cat /proc/sys/kernel/random/boot_id; cut -d " " -f 22 /proc/1/stat)
[ "$node" = "$(cat /var/lib/labs/node 2>/dev/null || echo "$node")" ] || echo "$(date +%s) back"
echo "$node" > /var/lib/labs/node
export KUBECONFIG=/etc/kubernetes/super-admin.conf
count='{{range .items}}{{range .endpoints}}{{if .conditions.ready}}x{{end}}{{end}}{{end}}'
while :; do
  if ready=$(timeout 5 kubectl -n bank get endpointslices -l kubernetes.io/service-name=ledger -o go-template="$count" 2>/dev/null)
  then echo "$(date +%s) ${#ready}"; else echo "$(date +%s) -"; fi
  sleep 1
done
SCRIPT
chmod +x /usr/local/lib/labs/record
cat > /etc/systemd/system/labs-record.service <<'UNIT'
[Unit]
Description=Record of the ledger's ready Pods
[Service]
ExecStart=/usr/local/lib/labs/record
StandardOutput=append:/var/lib/labs/record
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now labs-record
for try in $(seq 40); do [ -s /var/lib/labs/record ] && exit 0; sleep 0.5; done
exit 1
