"""Clock: Prefect's flows, deployments and worker. They drive, time and show; they decide nothing."""
