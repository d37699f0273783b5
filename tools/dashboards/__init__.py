"""Grafana's dashboards, as code: `make dashboards` writes deploy/observability/dashboards."""
