-- The application may see, and only see, which migrations were applied: it is not ready otherwise.
grant usage on schema migration, drizzle to rostrum_app;
grant select on migration.plain_file, drizzle.__drizzle_migrations to rostrum_app;
