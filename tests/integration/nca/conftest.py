from tests.nca import keys_folder, made_keys, nca, profile, store

__all__ = ["keys_folder", "made_keys", "nca", "profile", "store"]
