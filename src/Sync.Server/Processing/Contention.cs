namespace Sync.Server;

/// <summary>
/// Whether others write what we decide on, or so much that commits wait for each other, so that groups take the store's turn before they are decided: from the first group that is lost or
/// comes late until some, one after the other, would have got through at once without. Used by the processor's loop only.
/// </summary>
internal sealed class Contention(int calmGroups = Contention.DefaultCalmGroups)
{
    public const int DefaultCalmGroups = 8;

    private int _groupsToCalm;

    public bool IsOn => _groupsToCalm > 0;

    public void Lost() => _groupsToCalm = calmGroups;

    /// <param name="wouldHaveBeenLost">True where others had changed what the group was decided on when the turn came.</param>
    /// <param name="isCrowded">True where others had committed first, and meanwhile more had come to be decided: who waits for the turn before deciding decides them too.</param>
    public void Committed(bool wouldHaveBeenLost, bool isCrowded)
    {
        if (wouldHaveBeenLost || isCrowded) Lost();
        else if (IsOn) _groupsToCalm--;
    }
}
