namespace WarmContext.S3.Tests;

/// <summary>One bucket for all tests of this project.</summary>
[CollectionDefinition(Name)]
public sealed class S3Collection : ICollectionFixture<S3Fixture>
{
    public const string Name = "S3";
}
