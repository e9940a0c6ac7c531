"""Every form that goes in or out: the only place that knows pydantic."""
