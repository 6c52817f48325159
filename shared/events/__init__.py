"""What the services tell each other: declared once, written beside the data, read at each subscriber's own pace."""
