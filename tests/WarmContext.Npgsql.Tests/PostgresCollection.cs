namespace WarmContext.Npgsql.Tests;

/// <summary>Tests that share one private cluster, and so run one after another.</summary>
[CollectionDefinition(nameof(PostgresCollection))]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>;
