// Signatures only, for compiling handlers in tests where the package can't be restored.
#nullable disable
namespace MongoDB.Driver;

public interface IMongoClient
{
    IMongoDatabase GetDatabase(string name);
}

public interface IMongoDatabase
{
}

public class MongoClient : IMongoClient
{
    public MongoClient(string connectionString) => throw null;

    public IMongoDatabase GetDatabase(string name) => throw null;
}
