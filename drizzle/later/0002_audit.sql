-- The other half of `audit`: the table that only the Worker of the release before wrote. Goes into drizzle/ with the
-- release after.
DROP TABLE `audit_log`;
