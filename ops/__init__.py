"""Running the house: migrations, benchmarks, deployment. Nothing else imports from here."""
