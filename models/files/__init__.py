"""Files that people send: CSV, XLSX, YAML, JSON bytes become values, or one clear sentence a fault. Pure."""
