"""Where intake keeps personal data: its own documents, never facts, logs or metrics."""
