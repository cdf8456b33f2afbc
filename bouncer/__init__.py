"""A self-hosted return-path MX: keeps, reads, records and forwards the bounces of your mail."""

__version__ = "0.1.0"
