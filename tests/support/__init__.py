"""What the end-to-end tests share: clients of the remote APIs, mail servers, waiting."""
