namespace WarmContext.Architecture.Tests.Layers;

/// <summary>What the table of layers says of one project.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Uses">The projects and packages that it uses, in the order of their names.</param>
/// <param name="Tiers">The folders, the lowest first. Those of one tier don't use each other.</param>
internal sealed record ProjectLayers(string Project, IReadOnlyList<string> Uses, IReadOnlyList<IReadOnlyList<string>> Tiers)
{
    public bool Knows(string folder) => TierOf(folder) >= 0;

    /// <summary>Whether code in one folder may use what is in another. That every use goes down makes cycles impossible.</summary>
    public bool Allows(string from, string to) => from == to || TierOf(from) > TierOf(to);

    private int TierOf(string folder)
    {
        for (var i = 0; i < Tiers.Count; i++)
        {
            if (Tiers[i].Contains(folder))
            {
                return i;
            }
        }

        return -1;
    }
}
