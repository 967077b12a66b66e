"""Reports: rows from ``storage.queries`` as pages for a person; one module per report, its template beside it."""
