namespace WarmContext.Files.Tests.Model;

public sealed class FileIdTests
{
    [Fact]
    public void Equal_names_hash_alike() =>
        Assert.Equal(
            new FileId("bucket", "key", "1").GetHashCode(),
            new FileId(string.Concat("buc", "ket"), string.Concat("k", "ey"), "1").GetHashCode());

    [Fact]
    public void Names_that_differ_anywhere_hash_apart()
    {
        const string Container = "a-bucket-of-some-tenant-whose-name-is-long";
        var ids = new List<FileId>
        {
            default, new(Container, "key"), new(Container, "other"), new(Container, "key", "1"), new(Container[1..], "key"),
            new("key", Container),
        };
        for (var i = 0; i < Container.Length; i++)
        {
            ids.Add(new FileId(string.Concat(Container.AsSpan(0, i), "#", Container.AsSpan(i + 1)), "key"));
        }

        // Two of fifty in one of four thousand million is next to impossible unless a character is left out.
        Assert.Equal(ids.Count, ids.Select(static id => id.GetHashCode()).Distinct().Count());
    }
}
