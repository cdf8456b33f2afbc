"""The outbox: entries on their way to owners, operator and endpoints, their schedule, and the facts that mails are made of."""
